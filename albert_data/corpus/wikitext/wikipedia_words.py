"""What each Wikipedia calls sections that hold no prose, and its disambiguation pages; kept by hand.

Sources: section names from Pywikibot's table of reference sections (`scripts/noreferences.py`, commit
31c4e3f2a227), templates and titles from wtf_wikipedia 10.4 (`src/_data/disambig_*.js`) and Pywikibot's
older `wikipedia_family.py`, all three under the MIT licence, of which names alone are taken; the rest from
the manuals of style of the Wikipedias themselves. A language that is missing has the English words only:
add its line here.

Names are in lower case. Sections named together (`Notes and references`) need no entry, see `sections`. A
template counts by its whole name: `Begriffsklärungshinweis` stands on articles.
"""

# ruff: noqa: RUF001

SECTIONS = """
en: see also|references|external links|external link|notes|further reading|bibliography|sources|citations
en: footnotes|works cited|cited works|literature cited|cited literature|general references
en: primary sources|secondary sources|selected bibliography|explanatory notes|general sources|endnotes
en: links|web links|external sources|other sources|gallery|image gallery|picture gallery|photo gallery
en: related pages|other websites|more reading|navigation|additional reading|recommended reading
en: cited sources|reference|source|note|see more|further information|citation|suggested reading
en: general and cited references|general and cited sources|source notes|related articles|inline citations
en: works consulted
de: siehe auch|weblinks|weblink|literatur|einzelnachweise|einzelnachweis|anmerkungen|anmerkung|belege
de: fußnoten|fuß-/endnoten|endnoten|quellen|quelle|quellenangaben|nachweise|literaturhinweise
de: weiterführende literatur|literaturverzeichnis|sekundärliteratur|primärliteratur|quellenverzeichnis
de: externe links|links|galerie|bildergalerie|verweise|referenzen|bibliografie|bibliographie
de: literatur (auswahl)|literaturauswahl|weiterführende informationen|fachliteratur|internetquellen
fr: voir aussi|liens externes|lien externe|notes|note|références|référence|bibliographie|sources|source
fr: articles connexes|article connexe|liens|annexes|liens internes|notes de bas de page|sources et notes
fr: bibliographie sélective|pour approfondir|lectures complémentaires|sitographie|webographie|galerie
fr: galerie de photos|orientation bibliographique|ouvrages cités|références bibliographiques
fr: pour en savoir plus|sources bibliographiques|sources primaires|notes bibliographiques
es: véase también|véanse también|enlaces externos|enlace externo|referencias|referencia|notas|nota
es: bibliografía|fuentes|bibliografía adicional|lectura adicional|bibliografía recomendada|enlaces
es: notas al pie|obras citadas|lecturas adicionales|lecturas recomendadas|galería|galería de imágenes
es: bibliografía complementaria|bibliografía citada|vínculos externos|notas aclaratorias|ver también
it: note|bibliografia|voci correlate|altri progetti|collegamenti esterni|vedi anche|riferimenti|fonti
it: annotazioni|esplicative|bibliografiche|bibliografia parziale|galleria d'immagini|galleria|sitografia
it: bibliografia essenziale|letture consigliate|link esterni|collegamenti|note esplicative|fonti e note
it: approfondimenti bibliografici|riferimenti bibliografici|note bibliografiche|galleria fotografica
pt: ver também|veja também|ligações externas|ligação externa|referências|referência|notas|nota
pt: bibliografia|fontes|leitura adicional|leituras adicionais|leitura complementar
pt: referências bibliográficas|galeria|bibliografia recomendada|links externos|notas de rodapé
pt: galeria de imagens|obras citadas
nl: zie ook|externe links|externe link|externe verwijzing|externe verwijzingen|externe koppelingen
nl: externe koppeling|bronnen|bron|literatuur|noten|noot|voetnoten|voetnoot|referenties|bronvermelding
nl: verder lezen|bronnen, noten en/of referenties|bibliografie|weblinks|galerij|fotogalerij|verwijzingen
nl: afbeeldingen|geraadpleegde literatuur|literatuurlijst|verantwoording
pl: zobacz też|przypisy|uwagi|bibliografia|linki zewnętrzne|link zewnętrzny|źródła|literatura|galeria
pl: literatura dodatkowa|literatura uzupełniająca|galeria zdjęć|odnośniki|dalsza literatura|przypis
ru: см. также|смотри также|примечания|примечание|литература|ссылки|ссылка|источники|источник|сноски
ru: библиография|комментарии|внешние ссылки|список литературы|рекомендуемая литература|галерея
ru: использованная литература|дополнительная литература|научная литература|ссылки на источники
uk: див. також|дивись також|дивіться також|примітки|література|посилання|зовнішні посилання|джерела
uk: виноски|коментарі|бібліографія|зноски|галерея|список літератури|джерело|використана література
be: гл. таксама|глядзі таксама|заўвагі|зноскі|крыніцы|літаратура|спасылкі|галерэя|вонкавыя спасылкі
cs: reference|poznámky|externí odkazy|literatura|související články|odkazy|galerie|poznámka|zdroje
cs: bibliografie|další četba|použitá literatura|fotogalerie|citace|externí odkaz|doporučená literatura
sk: pozri aj|referencie|iné projekty|externé odkazy|literatúra|poznámky|zdroje|zdroj|bibliografia|galéria
sk: použitá literatúra|ďalšia literatúra|poznámky a referencie|externý odkaz|fotogaléria
sv: se även|se också|referenser|källor|källa|noter|fotnoter|externa länkar|extern länk|litteratur
sv: vidare läsning|litteratur och källor|bibliografi|tryckta källor|webbkällor|källförteckning|galleri
sv: bildgalleri|webbreferenser|anmärkningar|övriga källor|länkar|allmänna källor|källhänvisningar
da: se også|referencer|kilder|kilde|noter|fodnoter|eksterne henvisninger|ekstern henvisning|litteratur
da: eksterne links|eksternt link|henvisninger|yderligere læsning|galleri|billedgalleri
da: kilder/henvisninger|kildehenvisninger|bibliografi|videre læsning
nb: se også|referanser|referanse|kilder|kilde|noter|fotnoter|eksterne lenker|ekstern lenke|litteratur
nb: lenker|videre lesning|bibliografi|galleri|bildegalleri|kildehenvisninger|anmerkninger|litteraturliste
nb: utdypende lesning
nn: sjå òg|sjå også|kjelder|kjelde|referansar|fotnotar|notar|bakgrunnsstoff|litteratur|lenkjer
nn: eksterne lenkjer|biletgalleri
fi: katso myös|lähteet|lähde|viitteet|kirjallisuutta|kirjallisuus|aiheesta muualla|ulkoiset linkit
fi: linkkejä|huomautukset|alaviitteet|galleria|kuvagalleria|aiheesta lisää|muualla verkossa|lukemista
hu: lásd még|források|jegyzetek|külső hivatkozások|külső linkek|hivatkozások|megjegyzések|irodalom
hu: további információk|kapcsolódó szócikkek|további irodalom|felhasznált irodalom|galéria|képgaléria
hu: szakirodalom|ajánlott irodalom|forrás|bibliográfia|lábjegyzetek|magyarul
ro: vezi și|vezi şi|a se vedea și|note|referințe|referinţe|bibliografie|legături externe|surse
ro: note de subsol|lectură suplimentară|galerie|galerie de imagini|galerie foto|lecturi suplimentare
ro: linkuri externe|note bibliografice|bibliografie suplimentară
tr: ayrıca bakınız|kaynakça|kaynaklar|dış bağlantılar|notlar|dipnotlar|konuyla ilgili yayınlar|galeri
tr: dış bağlantı|ek okumalar|bibliyografya|ileri okuma|kaynak|ek okuma|notlar ve kaynaklar
el: δείτε επίσης|παραπομπές|πηγές|εξωτερικοί σύνδεσμοι|βιβλιογραφία|σημειώσεις|υποσημειώσεις
el: εξωτερικές συνδέσεις|περαιτέρω ανάγνωση|συλλογή εικόνων|ελληνόγλωσση|ξενόγλωσση|αναφορές
el: εξωτερικός σύνδεσμος|επιπλέον ανάγνωση|φωτοθήκη|πινακοθήκη|ενδεικτική βιβλιογραφία
he: ראו גם|ראה גם|לקריאה נוספת|קישורים חיצוניים|הערות שוליים|הערות|מקורות|ביבליוגרפיה|גלריה|גלריית תמונות
he: קישור חיצוני|ביאורים
ar: انظر أيضا|انظر أيضًا|انظر ايضا|طالع أيضا|طالع أيضًا|اقرأ أيضا|مراجع|المراجع|مصادر|المصادر|هوامش
ar: ملاحظات|وصلات خارجية|روابط خارجية|وصلات إضافية|هوامش وملاحظات|معرض صور|معرض الصور|قراءة إضافية
ar: قراءات إضافية|فهرس المراجع|الهوامش|المراجع والمصادر|المصادر والمراجع|معلومات المراجع|كتب ومراجع
ar: وصلة خارجية|حواش|قائمة المراجع|معرض|للمزيد من القراءة
arz: شوف كمان|لينكات برانيه|لينكات|مراجع|المراجع|مصادر|المصادر
fa: جستارهای وابسته|پانویس|منابع|منبع|پیوند به بیرون|یادداشت‌ها|یادداشت|نگارخانه|کتاب‌شناسی
fa: برای مطالعه بیشتر|برای مطالعهٔ بیشتر|مطالعه بیشتر|پانوشت|پی‌نوشت|پانویس‌ها|مراجع|ارجاعات
fa: پیوندهای بیرونی|پیوند بیرونی|همچنین ببینید|گالری|نگارخانه تصاویر|فهرست منابع|یادکردها
ckb: خوێندنەوەی زیاتر|بەستەرە دەرەکییەکان|ئەمانەش ببینە|تێبینییەکان|سەرچاوەکان|پەراوێزەکان
ur: مزید دیکھیے|حوالہ جات|حوالہ|بیرونی روابط|مزید پڑھیے|نگار خانہ|حواشی|کتابیات|مزید مطالعہ
hi: इन्हें भी देखें|इन्हें भी देखिए|यह भी देखें|सन्दर्भ|संदर्भ|बाहरी कड़ियाँ|बाहरी कड़ियां|बाहरी सूत्र
hi: टिप्पणी|टिप्पणियाँ|अतिरिक्त पठन|आगे पढ़ें|स्रोत|ग्रन्थसूची|ग्रंथसूची|चित्र दीर्घा|दीर्घा|सन्दर्भ सूची
hi: संदर्भ सूची|टीका टिप्पणी
mr: हे सुद्धा पहा|हेसुद्धा पहा|संदर्भ|बाह्य दुवे|टीपा|संदर्भ आणि नोंदी|चित्रदालन
ne: यो पनि हेर्नुहोस्|सन्दर्भ|बाह्य कडीहरू|सन्दर्भ सामग्रीहरू|टिप्पणीहरू
bn: আরও দেখুন|আরো দেখুন|তথ্যসূত্র|বহিঃসংযোগ|পাদটীকা|টীকা|গ্রন্থপঞ্জি|গ্রন্থপঞ্জী|আরও পড়ুন|আরো পড়ুন|উৎস
bn: চিত্রশালা|অতিরিক্ত পঠন|বহিঃ সংযোগ|রচনাসূত্র|গ্যালারি
ta: மேற்கோள்கள்|வெளி இணைப்புகள்|இவற்றையும் பார்க்கவும்|இவற்றையும் காண்க|குறிப்புகள்|உசாத்துணை
ta: உசாத்துணைகள்|மேலும் படிக்க|வெளியிணைப்புகள்|மேற்கோள்|ஆதாரங்கள்|அடிக்குறிப்புகள்|படத்தொகுப்பு
ta: மேலும் பார்க்க|சான்றுகள்|காட்சியகம்
te: ఇవి కూడా చూడండి|మూలాలు|బయటి లింకులు|బయటి లంకెలు|వనరులు|గమనికలు|చిత్రమాలిక|మూలాలు, వనరులు
kn: ಇವನ್ನೂ ನೋಡಿ|ಉಲ್ಲೇಖಗಳು|ಬಾಹ್ಯ ಸಂಪರ್ಕಗಳು|ಬಾಹ್ಯ ಕೊಂಡಿಗಳು|ಟಿಪ್ಪಣಿಗಳು
ml: ഇതും കാണുക|അവലംബം|അവലംബങ്ങൾ|പുറത്തേക്കുള്ള കണ്ണികൾ|പുറം കണ്ണികൾ|കുറിപ്പുകൾ|ചിത്രശാല|ഇവകൂടി കാണുക
gu: આ પણ જુઓ|સંદર્ભ|સંદર્ભો|બાહ્ય કડીઓ|નોંધ
pa: ਇਹ ਵੀ ਦੇਖੋ|ਇਹ ਵੀ ਵੇਖੋ|ਹਵਾਲੇ|ਬਾਹਰੀ ਕੜੀਆਂ|ਬਾਹਰਲੇ ਜੋੜ|ਬਾਹਰੀ ਲਿੰਕ|ਨੋਟ
si: මෙයද බලන්න|ආශ්‍රිත|යොමු|බාහිර සබැඳි|සටහන්
th: ดูเพิ่ม|อ้างอิง|แหล่งข้อมูลอื่น|เชิงอรรถ|หมายเหตุ|อ่านเพิ่มเติม|บรรณานุกรม|แหล่งที่มา|ระเบียงภาพ
th: รายการอ้างอิง|คลังภาพ
my: ကိုးကား|ပြင်ပလင့်ခ်များ|ဆက်စပ်ဖတ်ရှုရန်|မှတ်စု
km: មើលផងដែរ|ឯកសារយោង|តំណខាងក្រៅ|តំណភ្ជាប់ខាងក្រៅ|កំណត់សម្គាល់
vi: xem thêm|tham khảo|chú thích|liên kết ngoài|ghi chú|thư mục|nguồn|đọc thêm|tài liệu tham khảo
vi: nguồn tham khảo|hình ảnh|thư viện ảnh|thư viện hình ảnh|sách tham khảo|trích dẫn|tài liệu
vi: nguồn trích dẫn|thư mục tham khảo
id: lihat pula|lihat juga|referensi|pranala luar|catatan kaki|catatan|bacaan lanjutan|daftar pustaka
id: galeri|sumber|bacaan lebih lanjut|rujukan|pustaka|bibliografi|kutipan|bacaan tambahan|tautan luar
id: galeri foto
ms: lihat juga|rujukan|pautan luar|nota|bacaan lanjut|bibliografi|galeri|nota kaki|sumber|catatan
jv: delengen uga|deleng uga|rujukan|cathetan suku|pranala njaba|sumber|referensi
tl: tingnan din|mga sanggunian|sanggunian|mga talasanggunian|mga kawing panlabas|mga panlabas na link
tl: mga tala
ja: 関連項目|参考文献|外部リンク|脚注|脚注欄|出典|注釈|註釈|註|注|参照|脚注・出典|参考資料|文献|関連文献
ja: 関連書籍|関連資料|参考サイト|参照文献|ギャラリー|画像|主要参考文献|引用文献|関連リンク|リンク
ja: 備考・出典|注記|関連図書|出典・脚注|画像集|関連人物
ko: 같이 보기|함께 보기|각주|주석|외부 링크|외부링크|바깥 고리|바깥고리|바깥 링크|바깥링크|외부 고리
ko: 외부고리|참고 문헌|참고문헌|참고 자료|참고자료|출처|내용주|참조주|더 읽어보기|더 보기|갤러리|참고
ko: 읽을거리|관련 항목|관련 문헌|참조|참고 출처|사진첩
zh: 参见|參見|参看|參看|参考文献|參考文獻|参考资料|參考資料|外部链接|外部連結|外部連结|外部连接|外部連接
zh: 注释|註釋|注解|註解|脚注|腳註|备注|備註|资料来源|資料來源|延伸阅读|延伸閱讀|扩展阅读|擴展閱讀
zh: 相关条目|相關條目|参考|參考|来源|來源|参考书目|參考書目|图库|圖庫|图片|圖片|画廊|畫廊|相册|相簿|注|註
zh: 出处|出處|引用|参考来源|參考來源|外部鏈接|相关链接|相關連結|图集|圖集|画册|進階閱讀|參照|参照
zh: 相關參考|相关参考|书目|書目|註腳|注脚|參閱|参阅|圖片集|图片集|圖片庫|引文|參考連結|参考链接|相關文獻
zh: 相关文献
yue: 睇埋|參考|出面網頁|出面連結|註|攷|註解|參考資料|圖
ca: vegeu també|referències|referència|notes|bibliografia|enllaços externs|enllaç extern|enllaços|fonts
ca: bibliografia complementària|bibliografia addicional|galeria|galeria d'imatges|vegi's també|citacions
ca: lectures complementàries|per a més informació|bibliografia recomanada|lectures addicionals
gl: véxase tamén|ver tamén|notas|referencias|bibliografía|ligazóns externas|ligazón externa
gl: outros artigos|galería de imaxes|fontes|ligazóns|outra bibliografía
eu: erreferentziak|kanpo estekak|oharrak|bibliografia|ikus, gainera|ikus gainera|galeria
eu: gehiago irakurtzeko
ast: ver tamién|referencies|enllaces esternos|bibliografía|notes
oc: vejatz tanben|referéncias|nòtas|ligams extèrnes|bibliografia|ligams connèxes|nòtas e referéncias
eo: vidu ankaŭ|referencoj|eksteraj ligiloj|ekstera ligilo|eksteraj ligoj|ekstera ligo|notoj|literaturo
eo: rete|fontoj|bibliografio|piednotoj|bildaro|galerio|piednotoj kaj referencoj|ligiloj
la: vide etiam|notae|fontes|nexus externi|bibliographia|plura legere si cupis|nexus interni
la: fontes et notae
bg: вижте също|вижте още|виж също|виж още|бележки|източници|външни препратки|литература|външни връзки
bg: бележки под линия|библиография|галерия|препратки|допълнителна литература|източник
bg: използвана литература
mk: поврзано|наводи|надворешни врски|литература|белешки|галерија|извори|видете исто така
mk: поврзани страници
sr: референце|извори|спољашње везе|литература|напомене|даље читање|галерија|белешке|фусноте|спољашне везе
sr: види још|vidi još|reference|izvori|spoljašnje veze|literatura|napomene|dalje čitanje|galerija|beleške
sr: библиографија
hr: vidi još|izvori|izvor|vanjske poveznice|literatura|bilješke|poveznice|bilješke i izvori|galerija
hr: referencije|dodatna literatura|napomene|vidi|povezani članci|unutrašnje poveznice
bs: također pogledajte|reference|vanjski linkovi|literatura|napomene|galerija|izvori|dalje čitanje
bs: bilješke
sh: također pogledajte|reference|izvori|vanjske veze|literatura|napomene|povezano|eksterni linkovi
sh: galerija
sl: glej tudi|sklici|viri|zunanje povezave|literatura|opombe|sklici in opombe|galerija|reference
sl: nadaljnje branje
lt: šaltiniai|nuorodos|literatūra|taip pat skaitykite|išnašos|taip pat žiūrėkite|galerija|pastabos
lt: išorinės nuorodos
lv: skatīt arī|atsauces|ārējās saites|piezīmes|literatūra|galerija|avoti|piezīmes un atsauces
et: vaata ka|viited|välislingid|kirjandus|allikad|märkused|galerii|viited ja märkused|välislink
is: tengt efni|tenglar|heimildir|tilvísanir|sjá einnig|neðanmálsgreinar|tilvísanir og heimildir
sq: shiko edhe|shih edhe|referime|referimet|lidhje të jashtme|burime|burimet|shënime|literatura|galeria
sq: bibliografia
hy: տես նաև|տե՛ս նաև|ծանոթագրություններ|գրականություն|արտաքին հղումներ|աղբյուրներ|պատկերասրահ|նշումներ
hy: հղումներ|մատենագրություն|արտաքին կապեր
ka: იხილეთ აგრეთვე|სქოლიო|ლიტერატურა|რესურსები ინტერნეტში|გარე ბმულები|შენიშვნები|წყაროები|გალერეა
ka: იხილეთ ასევე|ბიბლიოგრაფია
az: həmçinin bax|istinadlar|xarici keçidlər|ədəbiyyat|mənbə|mənbələr|qeydlər|qalereya
kk: тағы қараңыз|дереккөздер|сыртқы сілтемелер|әдебиет|ескертпелер|пайдаланған әдебиет|сілтемелер
kk: сурет галереясы
uz: manbalar|havolalar|adabiyotlar|adabiyot|yana qarang|izohlar|galereya|shuningdek qarang
tt: искәрмәләр|әдәбият|сылтамалар|чыганаклар|шулай ук карагыз
tg: нигаред низ|эзоҳ|пайвандҳо|адабиёт|манбаъ|сарчашма
mn: мөн үзэх|эх сурвалж|гадаад холбоос|лавлах бичиг|цахим холбоос|ном зүй|зүүлт тайлбар|эшлэл
am: ደግሞ ይዩ|ማጣቀሻዎች|የውጭ መያያዣዎች|ዋቢ ምንጮች|ዋቢዎች|ምንጮች
sw: tazama pia|marejeo|viungo vya nje|tanbihi|marejeo mengine|vyanzo
af: sien ook|verwysings|bronne|eksterne skakels|bronnelys|notas|aantekeninge|verdere leesstof|voetnotas
cy: gweler hefyd|cyfeiriadau|dolenni allanol|llyfryddiaeth|ffynonellau|nodiadau|darllen pellach|oriel
ga: féach freisin|tagairtí|naisc sheachtracha|foinsí|leabharliosta|nótaí
yi: זעט אויך|רעפערענצן|דרויסנדיקע לינקען|מקורות|באמערקונגען
""".strip()

DISAMBIGUATION = """
en: disambig|disambiguation|disamb|dab
af: dubbelsinnig
als: begriffsklärung
an: desambigación
ar: توضيح|صفحة توضيح|توضيح أسماء
arz: توضيح
ast: dixebra
az: dəqiqləşdirmə|dəqiqləşdirmə (ad)
ba: күп мәғәнәлелек
be: неадназначнасць|неадназначнасьць
be-tarask: неадназначнасьць|неадназначнасць
bg: пояснение|пояснителна страница|disambig
bn: দ্ব্যর্থতা নিরসন|দ্ব্যর্থতা
br: disheñvelout
bs: čvor
ca: desambiguació|biografies amb el mateix nom|desambigua|pàgina de desambiguació
ckb: ڕوونکردنەوە
cs: rozcestník|rozcestník - příjmení|rozcestník - místa|rozcestník - 2 znaky|rozcestník - 3 znaky
cy: gwahaniaethu
da: flertydig|personer med samme efternavn
de: begriffsklärung|bks
el: αποσαφήνιση|αποσαφ
eo: apartigilo|apart
es: desambiguación|desambiguacion|desambig
et: täpsustuslehekülg|täpsustus
eu: argipen|argipen orri
fa: ابهام‌زدایی|ابهام زدایی|گنگ‌زدایی|ابهام‌زدایی نام
fi: täsmennyssivu|täsmennys
fo: fleiri týdningar
fr: homonymie|homonymie de personnes|patronyme|toponymie|paronymie|titres homonymes
fr: homonymie de clubs sportifs|homonymie d'établissements scolaires ou universitaires|sigle
fr: homonymie de monument|homonymie de nom romain|homonymie vidéoludique|homonymie dynastique
fy: neibetsjuttings|tfs
ga: idirdhealú
gd: soilleireachadh
gl: homónimos|homónimos wd
gsw: begriffsklärung
gu: સંદિગ્ધ શીર્ષક|અસ્પષ્ટ
he: פירושונים|דף פירושונים
hi: बहुविकल्पी शब्द|बहुविकल्पी|असंदिग्धीकरण
hr: razdvojba|razdvojba1
hu: egyért|egyert|egyértelműsítő lap|egyértelműsítő
hy: բազմիմաստություն|բազմիմաստ
ia: disambiguation
id: disambiguasi|disambig
is: aðgreining|aðgreiningarsíða
it: disambigua
ja: 曖昧さ回避|aimai|人名の曖昧さ回避|地名の曖昧さ回避|施設名の曖昧さ回避|学校名の曖昧さ回避
ja: 駅名の曖昧さ回避|山の曖昧さ回避
ka: მრავალმნიშვნელოვანი|არაორაზროვანი
kk: айрық|көпмағыналы
km: ណែនាំ|អសង្ស័យកម្ម
kn: ದ್ವಂದ್ವ ನಿವಾರಣೆ
ko: 동음이의|동명이인|동음이의어|지명의 동음이의|동음이의 문서
ku: cudakirin
ky: текмаанисиздик
la: discretiva
lb: homonymie
lt: nuorodinis|disambig
lv: nozīmju atdalīšana|disambig
mk: појаснување|појаснување-местоположба
ml: വിവക്ഷകൾ|നാനാർത്ഥം
mn: салаа утгатай
mr: निःसंदिग्धीकरण|नि:संदिग्धीकरण
ms: nyahkekaburan|disambig
my: သံတူကြောင်းကွဲ
nb: peker|pekerside|flertydig
nds: mehrdüdig begreep
ne: अस्पष्टता|बहुविकल्पी
nl: doorverwijspagina|dp|dpintro|doorverwijspagina-naam
nn: fleirtyding|peikar|pekerside
oc: omonimia
pa: ਗੁੰਝਲ-ਖੋਲ੍ਹ
pl: ujednoznacznienie|strona ujednoznaczniająca
pt: desambiguação|desambig|desambiguacao|desamb|dab
ro: dezambiguizare|dezamb|dez
ru: неоднозначность|disambig|disambiguation|многозначность|однофамильцы|список однофамильцев
ru: список полных тёзок|полные тёзки|список однофамильцев-тёзок|неоднозначность-имя|disambignp
scn: disambigua
si: වක්‍රෝත්ති
simple: disambig|disambiguation
sh: razdvojba|čvor|višeznačnost
sk: rozlišovacia stránka|disambig
sl: razločitev|razločitev2
sq: kthjellim|kthjellim emrash
sr: вишезначна одредница|вишезначност|višeznačna odrednica
sv: förgrening|gren|grensida|förgreningssida|namnförgrening|namngrensida|efternamnsgrensida
sv: robotskapad förgrening
sw: maana
ta: பக்கவழி நெறிப்படுத்தல்|disambig
te: అయోమయ నివృత్తి
tg: ибҳомзудоӣ|рафъи ибҳом
th: แก้ความกำกวม|แก้กำกวม|คำกำกวม|แก้ความกำกวมชื่อบุคคล
tl: paglilinaw
tr: anlam ayrımı|anlam ayrım|kişi adları (anlam ayrımı)|yerleşim yerleri (anlam ayrımı)
tt: күп мәгънәләр|күп мәгънәлелек
uk: неоднозначність|disambig|disambigg|disambign|багатозначність|disambignp
ur: ضد ابہام|ابہام
uz: maʼnolari|koʻp maʼnoli|disambig|ko'p ma'noli|koʻp maʼnolilik
vi: trang định hướng|định hướng
yi: באדייטן|באדייטען
yue: 搞清楚
zh: disambig|消歧义|消歧義|消歧义页|消歧義頁|人名消歧义|人名消歧義|地名消歧义|地名消歧義|letter disambig
zh: geodis|消含糊|消歧義-人名
""".strip()

# In the title's brackets: `Mercury (disambiguation)`.
TITLES = """
en: disambiguation
af: dubbelsinnig
ar: توضيح
az: dəqiqləşdirmə
be: неадназначнасць
bg: пояснение
bn: দ্ব্যর্থতা নিরসন
ca: desambiguació
cs: rozcestník
cy: gwahaniaethu
da: flertydig
de: begriffsklärung
el: αποσαφήνιση
eo: apartigilo
es: desambiguación
et: täpsustus
eu: argipena
fa: ابهام‌زدایی
fi: täsmennyssivu
fr: homonymie
gl: homónimos
he: פירושונים
hi: बहुविकल्पी|बहुविकल्पी शब्द
hr: razdvojba
hu: egyértelműsítő lap
hy: այլ կիրառումներ
id: disambiguasi
is: aðgreining
it: disambigua
ja: 曖昧さ回避
ka: მრავალმნიშვნელოვანი
kk: айрық
ko: 동음이의|동음이의어
la: discretiva
lt: reikšmės
lv: nozīmju atdalīšana
mk: појаснување
ms: nyahkekaburan
nb: andre betydninger
nl: doorverwijspagina
nn: fleirtyding
pl: ujednoznacznienie
pt: desambiguação
ro: dezambiguizare
ru: значения
sh: razdvojba
sk: rozlišovacia stránka
sl: razločitev
sr: вишезначна одредница
sv: olika betydelser
ta: பக்கவழி நெறிப்படுத்தல்
th: แก้ความกำกวม
tr: anlam ayrımı
uk: значення
ur: ضد ابہام
vi: định hướng
yue: 搞清楚
zh: 消歧义|消歧義
""".strip()

# What begins a line that leads to another article: `Hauptartikel: Geschichte der Stadt`. In any language.
HATNOTES = """
siehe auch|hauptartikel|article détaillé|articles détaillés|article connexe|voir aussi|artículo principal
véase también|véase|voce principale|lo stesso argomento in dettaglio|vedi anche|artigo principal|ver também
ver artigo principal|zie ook|hoofdartikel|zobacz też|osobny artykuł|główny artykuł|основная статья
см. также|основні статті|основна стаття|див. також|podrobnější informace|hlavní článek|viz také|pozri aj
huvudartikel|se även|se också|se også|hovedartikel|uddybende artikel|utdypende artikkel|hovedartikkel
pääartikkeli|katso myös|bővebben|lásd még|articol principal|vezi și|ana madde|ayrıca bakınız|κύριο λήμμα
δείτε επίσης|ערך מורחב|ראו גם|مقالة مفصلة|طالع أيضًا|انظر أيضا|مقاله اصلی|نوشتار اصلی|جستارهای وابسته
मुख्य लेख|यह भी देखें|মূল নিবন্ধ|আরও দেখুন|முதன்மைக் கட்டுரை|บทความหลัก|ดูเพิ่มเติมที่|bài chi tiết|xem thêm
artikel utama|lihat pula|主条目|主要記事|詳細は|関連項目|본문|자세한 내용은|같이 보기|参见|參見|主條目
article principal|vegeu també|основна статия|вижте също|главни чланак|види још|glavni članak|vidi još
ĉefa artikolo|vidu ankaŭ
""".strip().replace("\n", "|")

# What stands between two names of sections: `Notes and references`, `注释与参考文献`.
AND_WORDS = (
    "and und et y e i и і й та och og ja en és a ve και și şi dan và və және va eta kaj agus un ir in"
    " und/oder et/ou and/or & + ו و और আর এবং மற்றும் และ 및 와 과"
)
AND_PREFIXES = "و ו"  # these are written together with the word that follows
AND_MARKS = ", / ; ・ 、 ， ／ · – 和 与 與 及 と"
