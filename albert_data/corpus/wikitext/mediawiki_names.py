"""What MediaWiki calls its namespaces, redirects and switches in each language; names alone.

Written by `python -m dev.wikipedia_languages` from the message files of
MediaWiki 1.39.17 and of its extension Disambiguator at commit efd7214dd6e3;
correct the names there, not here. MediaWiki is licensed under the GPL 2 or later: names are facts, and
nothing else of it is here.

A line of NAMES is: code | codes it falls back to | namespaces of pictures and files | namespaces of
categories | words that begin a redirect | switches (`__NOTOC__`) | switches of disambiguation pages.
Names stand with `_` for a space, several with a space between; a switch in lower case may be written in
any. CODES are those of all languages that
MediaWiki knows.
"""

# ruff: noqa: E501 RUF001

NAMES = """\
ab|ru|Амедиа Афаил Медиа Файл|Акатегориа Категория||__АИНДЕКС__ __ИНДЕКС__|
abs|id|||||
ace|id|Alat Beureukaih Berkas Gambar|Kawan Kategori|#pupinah #alih||
ady|ady-cyrl|||||
ady-cyrl||Медиа||||
aeb|aeb-arab|||||
aeb-arab|ar|||||
af||Lêer Beeld|Kategorie|#aanstuur|__geenio__ __geengalery__ __dwingio__ __io__ __geennuweafdeling__ __INDEKS__ __GEENINDEKS__|
ak|||Nkyekyem|||
aln|sq|Skeda Figura|Kategoria Kategori|||
alt|ru|Медиа Файл|Категория|||
am||ፋይል ስዕል|መደብ|||
ami|zh-tw zh-hant zh zh-hans|Mitiya Faylo|Kasasiwasiw|||
an|es|Imachen|Categoría|#endrecera #reendrecera #redirección #redireccion||
ang||Ymele Biliþ|Flocc|||
anp|hi|||||
ar||ميديا ملف وسائط صورة|تصنيف|#تحويل|__لافهرس__ __لامعرض__ __لصق_فهرس__ __فهرس__ __لاتحريرقسم__ __وصلة_قسم_جديد__ __لا_وصلة_قسم_جديد__ __تصنيف_مخفي__ __توقع_تصنيف_غير_مستخدم__ __فهرسة__ __لافهرسة__ __تحويلة_إستاتيكية__ __تحويلة_ساكنة__ __لاتحويل_عنوان__ __لاتع__ __لاتحويل_محتوى__ __لاتم__|__توضيح__
arc||ܡܝܕܝܐ ܠܦܦܐ|ܣܕܪܐ|#ܨܘܝܒܐ||
arn|es|||||
arq|ar|||||
ary|ar|ميديا فيشي ملف|تصنيف|||
arz|ar|ميديا ملف وسائط صورة|تصنيف|#تحويل|__من_غير_فهرس__ __لافهرس__ __من_غير_معرض__ __لامعرض__ __لصق_فهرس__ __فهرس__ __من_غير_تحريرقسم__ __لاتحريرقسم__ __وصلة_قسم_جديد__ __من_غير_وصلة_قسم_جديد__ __لا_وصلة_قسم_جديد__ __تصنيف_مخفي__ __اتوقع_تصنيف_مش_مستخدم__ __فهرسة__ __لافهرسة__ __تحويله_إستاتيكيه__ __تحويله_ساكنه__ __تحويلة_إستاتيكية__ __تحويلة_ساكنة__ __من_غيرتحويل_عنوان__ __لاتع__ __لاتحويل_عنوان__ __من_غير_تحويل_محتوى__ __لاتم__ __لاتحويل_محتوى__|__توضيح__
as||মাধ্যম চিত্ৰ चित्र চিত্র|শ্ৰেণী श्रेणी শ্রেণী||__গোপন_শ্ৰেণী__ __সূচী__|
ast|es|Medios Ficheru Imaxe Imaxen Archivu|Categoría|||
atj|fr|Tipatcimoctakewin Natisinahikaniwoc|Tipanictawin|||
av|ru|Медиа Файл|Категория|||
avk|fr es ru|Kanaca Iyeltak Mamind Ewava|Loma|||
awa|hi|मीडिया फाइल|श्रेणी|||
ay|es|||||
az||Fayl Şəkil Mediya|Kateqoriya|#istiqamətləndirmə #istiqamətləndir|__mündəricatyox__ __qalereyayox__|__DƏQİQLƏŞDİRMƏ__
azb|fa|مدیا فایل|بؤلمه|||
ba|ru|Медиа Файл Рәсем|Категория Төркөм|||
ban|id|Média Berkas|Kategori|||
ban-bali|ban|||||
bar|de|Datei Medium|Kategorie|||
bbc|bbc-latn|||||
bbc-latn|id|||||
bcc|fa|مدیا عکس تصویر|دسته رده|||
bci|fr|||||
bcl||Medio Ladawan|Kategorya||__NAKATAGONGKAT__|
be||Мультымедыя Файл Выява|Катэгорыя|||
be-tarask|be|Мэдыя Файл Выява|Катэгорыя|#перанакіраваньне|__бязь_зьместу__ __без_галерэі__ __зьмест_прымусам__ __зьмест__ __без_рэдагаваньня_сэкцыі__ __СПАСЫЛКА_НА_НОВУЮ_СЭКЦЫЮ__ __СХАВАЦЬ_КАТЭГОРЫЮ__ __СТАТЫЧНАЕ_ПЕРАНАКІРАВАНЬНЕ__ __не_канвэртаваць_назву__ __не_канвэртаваць_тэкст__|
bg||Медия Файл Картинка|Категория|#пренасочване #виж|__безсъдържание__ __безгалерия__ __съссъдържание__ __съдържание__ __без_редактиране_на_раздели__ __ВРЪЗКА_ЗА_НОВ_РАЗДЕЛ__ __СКРИТАКАТЕГОРИЯ__ __ИНДЕКСИРАНЕ__ __БЕЗИНДЕКСИРАНЕ__|
bgn|fa|رسانگ ورق میڈیا اکس|تهر|||
bh|bho|||||
bho||मीडिया चित्र|श्रेणी|||
bi|en|||||
bjn|id|Barakas Berkas|Tumbung Kategori|||
blk|my|မီဒီယာ ဖုဲင်|ကဏ္ဍ|||
bm|fr|||||
bn||মিডিয়া চিত্র|বিষয়শ্রেণী|#পুনর্নির্দেশ #পুনঃর্নির্দেশ #পুনঃনির্দেশ #পুননির্দেশ|__কোন_বিষয়বস্তুর_ছক_নয়__ __কোনবিষয়বস্তুরছকনয়__ __কোন_বিষয়বস্তুর_টেবিল_নয়__ __কোনবিষয়বস্তুরটেবিলনয়__ __কোনগ্যালারিনয়__ __কোনগ্যালারীনয়__ __কোন_গ্যালারি_নয়__ __কোন_গ্যালারী_নয়__ __বিষয়বস্তুর_ছক__ __বিষয়বস্তুরছক__ __বিষয়বস্তুর_টেবিল__ __বিষয়বস্তুরটেবিল__ __কোনসম্পাদনাঅনুচ্ছেদনয়__ __কোন_সম্পাদনা_অনুচ্ছেদ_নয়__ __নতুন_অনুচ্ছেদের_সংযোগ__ __নতুন_অনুচ্ছেদের_লিঙ্ক__ __নতুনঅনুচ্ছেদেরসংযোগ__ __নতুনঅনুচ্ছেদেরলিঙ্ক__ __কোন_নতুন_অনুচ্ছেদের_সংযোগ_নয়__ __কোন_নতুন_অনুচ্ছেদের_লিঙ্ক_নয়__ __কোননতুনঅনুচ্ছেদেরসংযোগনয়__ __কোননতুনঅনুচ্ছেদেরলিঙ্কনয়__ __লুকানো_বিষয়শ্রেণী__ __লুকানোবিষয়শ্রেণী__ __লুকায়িতবিষয়শ্রেণী__ __লুক্কায়িতবিষয়শ্রেণী__ __লুক্কায়িত_বিষয়শ্রেণী__ __নির্ঘণ্ট__ __কোননির্ঘণ্টনয়__ __কোন_নির্ঘণ্ট_নয়__ __নির্ঘণ্টনয়__ __স্থির_পুনর্নির্দেশ__ __স্থিরপুনর্নির্দেশ__ __কোন_শিরোনাম_রূপান্তরকারী_নয়__ __কোনশিরোনামরূপান্তরকারীনয়__ __কোন_বিষয়বস্তু_রূপান্তরকারী_নয়__ __কোনবিষয়বস্তুরূপান্তরকারীনয়__|
bpy|bn|মিডিয়া ছবি|থাক|||
bqi|fa|||||
br||Restr Skeudenn|Rummad|#adkas||
bs||Mediji Datoteka Medija Slika|Kategorija|#preusmjeri|__bezsadržaja__ __bezgalerije__ __forsirajsadržaj__ __forsiranisadržaj__ __sadržaj__ __bez_izmjena__ __bezizmjena__ __LINKNOVOGODLOMKA__ __LINKNOVESEKCIJE__ __SKRIVENAKATEGORIJA__ __SAKRIVENAKATEGORIJA__ __INDEKSIRAJ__ __INDEKSIRANJE__ __SADRZAJ__ __NEINDEKSIRAJ__ __BEZINDEKSIRANJA__ __BEZSADRZAJA__ __STATIČNOPREUSMJERENJE__ __STATISTICNOPREUSMJERENJE__ __beztc__ __bezcc__|
btm|id|||||
bug|id|||||
bxr|ru|Меди Файл|Категори Категория|||
ca|oc|Fitxer Imatge|Categoria|#redirecció #redireccio|__captaula__ __notaula__ __capgaleria__ __nogaleria__ __forçataula__ __taula__ __resum__ __tdm__ __secciónoeditable__ __seccionoeditable__ __CATAMAGADA__ __CAPINDEX__ __REDIRECCIÓESTATICA__ __REDIRECCIOESTATICA__|
cbk-zam|es|||||
cdo|nan zh-hant zh zh-hans|媒體 文件|分類|||
ce|ru|Медиа Файл Медйа Сурт Хlум|Категори Тоба Кадегар|#дӏасахьажор' #перенаправление #перенапр|__бац_чулацам__ __бац_чул__ __без_оглавления__ __без_огл__ __йац_уче__ __без_галереи__ __тlедуьллу_чулацамбар__ __тlедуьл_чул__ __обязательное_оглавление__ __обяз_огл__ __чулацам__ __чул__ __оглавление__ __огл__ __агӏо_та_ца_еш__ __без_редактирования_раздела__ __ХЬАЖОРГ_ОЦ_КЕРЛАЧУ_ДЕКЪАН__ __ССЫЛКА_НА_НОВЫЙ_РАЗДЕЛ__ __ЙОЦАШ_ХЬАЖОРГ_ОЦ_КЕРЛАЧУ_ДЕКЪАН__ __БЕЗ_ССЫЛКИ_НА_НОВЫЙ_РАЗДЕЛ__ __КЪАЙЛАХА_ЙОЛУ_КАТЕГОРИ__ __СКРЫТАЯ_КАТЕГОРИЯ__ __МЕТТИГТЕРАХЬ__ __ИНДЕКС__ __МЕТТИГТЕРАХЬ_ЙОЦАШ__ __БЕЗ_ИНДЕКСА__ __СТАТИСТИКИН_ДӀАСХЬАЖОРГ__ __СТАТИЧЕСКОЕ_ПЕРЕНАПРАВЛЕНИЕ__ __хийцар_доцуш_коьрте__ __без_преобразования_заголовка__ __йоза_хийцар_доцуш__ __без_преобразования_текста__|
ceb||Medya Payl Imahen|Kategoriya|||
ch||Litratu|Katigoria|||
ckb||میدیا پەڕگە|پۆل|#ڕەوانەکەر||
co|it|||||
crh|crh-latn|||||
crh-cyrl|ru|Медиа Файл Resim Ресим|Категория Kategoriya|||
crh-latn||Fayl Медиа Ресим Resim|Kategoriya Категория|||
cs|sk|Média Soubor|Kategorie|#přesměruj|__bezobsahu__ __bezgalerie__ __vždyobsah__ __obsah__ __bezeditovatčást__ __LINKPŘIDATKOMENTÁŘ__ __BEZLINKUPŘIDATKOMENTÁŘ__ __SKRÝTKAT__ __INDEXOVAT__ __NEINDEXOVAT__ __STATICKÉPŘESMĚROVÁNÍ__ __bezkonverzenadpisu__ __bezkonverzeobsahu__|__ROZCESTNÍK__
csb|pl|Òbrôzk|Kategòrëjô|||
cu||Срѣдьства Дѣло Ви́дъ Видъ|Катигорїꙗ Катигорї|#прѣнаправлєниѥ||
cv|ru|Медиа Ӳкерчĕк|Категори|||
cy||Delwedd|Categori|#ail-cyfeirio #ailgyfeirio|__dimtaflencynnwys__ __dimrhestrgynnwys__ __dimrhg__ __dimadrangolygu__ __dimgolyguadran__ __CYSWLLTADRANNEWYDD__ _NEWSECTIONLINK_ _CYSWLLTADRANNEWYDD_ __CATCUDD__ _HIDDENCAT_ _CATCUDD_|
da||Fil Billede|Kategori|||
dag||Miidiya Lahabali_kɔligu|Pubu|||
de||Medium Datei Bild|Kategorie|#weiterleitung|__kein_inhaltsverzeichnis__ __keininhaltsverzeichnis__ __keine_galerie__ __keinegalerie__ __inhaltsverzeichnis_erzwingen__ __inhaltsverzeichnis__ __abschnitte_nicht_bearbeiten__ __NEUER_ABSCHNITTSLINK__ __PLUS_LINK__ __KEIN_NEUER_ABSCHNITTSLINK__ __KEIN_PLUS_LINK__ __VERSTECKTE_KATEGORIE__ __WARTUNGSKATEGORIE__ __INDEXIEREN__ __INDIZIEREN__ __NICHT_INDEXIEREN__ __KEIN_INDEX__ __NICHT_INDIZIEREN__ __PERMANENTE_WEITERLEITUNG__ __keine_titelkonvertierung__ __keine_inhaltskonvertierung__|__BEGRIFFSKLÄRUNG__
de-at|de|||||
de-ch|de|||||
de-formal|de|||||
din||Ciɛl Apamduööt|Bekätakthook|||
diq||Medya Dosya|Kategori Kategoriye|#hetenayiş|__estençino__ __galeriçino__ __estenzaruret__ __esten__ __timarkerdişçino__ __GREYÉSERNAMEDÉNEWİ__ __GREYÉSERNAMEDÉNEWİÇINO__ __KATEGORİYANIMITİ__ __SERSIQ__ __SERSIQÇINYO__ __STATİKHETENAYIŞ__ __STATICHETENAYIŞ__ __sernamevurnayişçino__ __svç__ __zerrevurnayişçino__ __zvç__|_MANEYOBİN_
dsb|hsb de|Medija Dataja Wobraz|Kategorija|||
dtp|ms|||||
dty|ne|मिडिया चित्र|श्रेणी|||
dv||މީޑިއާ ފައިލު ފައިލް|ޤިސްމު|||
egl|it|||||
el||Μέσο Αρχείο Μέσον Εικόνα|Κατηγορία|#ανακατευθυνση|__χωρισππ__ __χωρισπινακαπεριεχομενων__ __χωρισπινακοθηκη__ __μεππ__ __μεπινακαπεριεχομενων__ __ππ__ __πινακασπεριεχομενων__ __χωρισεπεξενοτ__ __χωρισεπεξεργασιαενοτητων__ __ΔΕΣΜΟΣΝΕΑΣΕΝΟΤΗΤΑΣ__ __ΚΡΥΦΗΚΑΤΗΓΟΡΙΑ__ __ΕΥΡΕΤΗΡΙΟ__ __ΧΩΡΙΣΕΥΡΕΤΗΡΙΟ__ __ΣΤΑΤΙΚΗΑΝΑΚΑΤΕΥΘΥΝΣΗ__ __χωρισμετατροπητιτλου__ __χωρισμετατροπηπεριχομενου__|
eml|it|||||
en||Media File Image|Category|#redirect|__notoc__ __nogallery__ __forcetoc__ __toc__ __noeditsection__ __NEWSECTIONLINK__ __NONEWSECTIONLINK__ __HIDDENCAT__ __EXPECTUNUSEDCATEGORY__ __INDEX__ __NOINDEX__ __STATICREDIRECT__ __notitleconvert__ __notc__ __nocontentconvert__ __nocc__ __noglobal__ __expected_unconnected_page__ __expectwithoutscans__ __archivedtalk__|__DISAMBIG__
en-ca|en|||||
en-gb|en|||||
eo||Aŭdvidaĵo Dosiero|Kategorio|#alidirekti #alidirektu #al|__ni__ __neindekso__ __nt__ __ng__ __senbildaro__ __sb__ __sg__ __sengalerio__ __fi__ __fortuindekson__ __ft__ __i__ __t__ __indekso__ __srs__ __nes__ __senredaktisekciojn__ __senredaktisekcion__ __LIGILOALNOVASEKCIO__ __NSL__ __LNS__ __LANS__ __SENLIGILOALNOVASEKCIO__ __NNSL__ __SLNS__ __SLANS__ __KK__ __KAŜITAKATEGORIO__ __KASXITAKATEGORIO__ __INDEKSU__ __INDEKSI__ __NEINDEKSU__ __NIU__ __STATIKAALIDIREKTO__ __nekonvertutitolon__ __nkt__ __ntc__ __nekonvertuenhavon__ __nkh__ __ncc__|
es||Medio Archivo Imagen|Categoría|#redirección #redireccion|__sin_tdc__ __notdc__ __sin_galería__ __nogalería__ __nogaleria__ __forzar_tdc__ __forzartdc__ __forzartoc__ __tdc__ __no_editar_sección__ __noeditarsección__ __noeditarseccion__ __VINCULARANUEVASECCION__ __ENLACECREARSECCIÓN__ __NOVINCULARANUEVASECCION__ __SINENLACECREARSECCIÓN__ __CATEGORÍAOCULTA__ __INDEXAR__ __NOINDEXAR__ __REDIRECCIÓNESTÁTICA__ __REDIRECCIONESTATICA__ __noconvertirtitulo__ __noconvertirtítulo__ __noct___ __noconvertircontenido__ __nocc___|__DISAMBIGUACIÓN__ __DISAMBIGUACION__
es-formal|es|||||
et||Meedia Fail Pilt|Kategooria|#suuna|__sisukorrata__ __galeriita__ __sisukordees__ __sisukord__ __alaosalingita__ __UUEALAOSALINK__ __UUEALAOSALINGITA__ __PEIDETUDKAT__ __INDEKSIGA__ __INDEKSITA__|__TÄPSUSTUS__
eu||Fitxategi Irudi|Kategoria|#birzuzendu||
ext|es|Mediu Archivu|Categoría Categoria|||
fa||مدیا پرونده رسانه رسانه‌ای تصویر|رده|#تغییر_مسیر #تغییرمسیر|__بی‌فهرست__ __بی‌نگارخانه__ __بافهرست__ __فهرست__ __بی‌بخش__ __بخش‌جدید__ __بی‌پیوندبخش__ __بی‌پیوند‌بخش‌جدید__ __رده‌پنهان__ __نمایه__ __بی‌نمایه__ __تغییرمسیرثابت__ __عنوان‌تبدیل‌نشده__ __محتواتبدیل‌نشده__|__ابهام‌زدایی__
fat||Fael|Nkyekyεmu|||
ff||Média Fichier|Catégorie|||
fi||Tiedosto Kuva|Luokka|#ohjaus #uudelleenohjaus|__eisisluett__ __sisluettpakotus__ __sisällysluettelo__ __eiosiomuokkausta__ __PIILOLUOKKA__ __HAKUKONEKIELTO__|
fit|fi|||||
fo||Miðil Mynd|Bólkur|||
fon|fr|Yɛwliɖonuji Wékpo|Akpaxwé|||
fr||Média Fichier|Catégorie|#redirection|__aucunsommaire__ __aucunetdm__ __aucunegalerie__ __forcersommaire__ __forcertdm__ __sommaire__ __tdm__ __sectionnoneditable__ __LIENNOUVELLESECTION__ __AUCUNLIENNOUVELLESECTION__ __CATCACHEE__ __AUCUNINDEX__ __REDIRECTIONSTATIQUE__ __sansconversiontitre__ __sansct__ __sansconversioncontenu__ __sanscc__|__HOMONYMIE__
frc|fr|||||
frp|fr|Mèdia Fichiér Émâge|Catègorie|#redirèccion #redirection|__nion_somèro__ __niona_trâbla__ __aucunsommaire__ __aucunetdm__ __niona_galerie__ __aucunegalerie__ __forciér_lo_somèro__ __forciér_la_trâbla__ __forcersommaire__ __forcertdm__ __somèro__ __trâbla__ __sommaire__ __tdm__ __sèccion_que_pôt_pas_étre_changiê__ __sectionnoneditable__ __LIM_DE_NOVÈLA_SÈCCION__ __LIENNOUVELLESECTION__ __NION_LIM_DE_NOVÈLA_SÈCCION__ __AUCUNLIENNOUVELLESECTION__ __CATÈGORIE_CACHIÊ__ __CATCACHEE__ __ENDÈXE__ __NION_ENDÈXE__ __AUCUNINDEX__ __REDIRÈCCION_IMOBILA__ __REDIRECTIONSTATIQUE__ __sen_convèrsion_de_titro__ __sencdt__ __sansconversiontitre__ __sansct__ __sen_convèrsion_de_contegnu__ __sencdc__ __sansconversioncontenu__ __sanscc__|
frr|de|||||
fur|it|Figure|Categorie|||
fy||Ofbyld|Kategory|||
ga||Meán Íomhá|Catagóir Rang|#athsheoladh|__gancá__ __cágachuair__ __cá__ __ganmhírathrú__ __gantiontúnadteideal__ __gantt__ __gantiontúnanábhair__ __ganta__|
gag|tr|Mediya Dosye Medya Dosya|Kategoriya Kategori|#yönnendirmäkler #yönnendir #yönnendirmä #yönlendirme #yönlendir||
gan|gan-hant gan-hans zh-hant zh zh-hans|媒體 文檔|分類|||
gan-hans|gan gan-hant zh-hans zh zh-hant|||||
gan-hant|gan gan-hans zh-hant zh zh-hans|||||
gcr|fr|Médja Fiché|Katégori|||
gd||Meadhan Faidhle|Roinn-seòrsa|||
gl|pt|Ficheiro Imaxe|Categoría|#redirección #redirecionamento|__seníndice__ __semtdc__ __semsumário__ __sengalería__ __semgaleria__ __forzaroíndice__ __forcartdc__ __forcarsumario__ __forçartdc__ __forçarsumário__ __índice__ __tdc__ __sumário__ __sumario__ __secciónsnoneditables__ __nãoeditarseção__ __semeditarseção__ __naoeditarsecao__ __semeditarsecao__ __LIGAZÓNDANOVASECCIÓN__ __LINKDENOVASECAO__ __LINKDENOVASEÇÃO__ __LIGACAODENOVASECAO__ __LIGAÇÃODENOVASEÇÃO__ __CATEGORÍAOCULTA__ __CATEGORIAOCULTA__ __CATOCULTA__ __INDEXAR__ __NONINDEXAR__ __NAOINDEXAR__ __NÃOINDEXAR__ __REDIRECCIÓNESTÁTICA__ __REDIRECCIONESTATICA__ __REDIRECIONAMENTOESTATICO__ __REDIRECIONAMENTOESTÁTICO__|__HOMÓNIMOS__ __HOMONIMOS__
gld|ru|||||
glk|fa|مديا فاىل پرونده|جرگه رده|||
gn|es|Ta'ãnga|Ñemohenda|||
gom|gom-deva|||||
gom-deva|hi|माध्यम फायल मिडिया|वर्ग श्रेणी|||
gor|id|Berkas|Dalala|||
got||𐍆𐌴𐌹𐌻𐌰|𐌷𐌰𐌽𐍃𐌰|||
gsw|de|||||
gu||દ્રશ્ય-શ્રાવ્ય_(મિડિયા) ચિત્ર|શ્રેણી|||
guc|es|||||
guw||Wepo|Adà|||
gv||Meanyn Coadan|Ronney|||
hak|zh-hant zh zh-hans|||||
haw||Pāpaho Waihona Kiʻi|Māhele|#kiahou||
he||מדיה קובץ תמונה|קטגוריה|#הפניה|__ללא_תוכן_עניינים__ __ללא_תוכן__ __ללא_גלריה__ __חייב_תוכן_עניינים__ __חייב_תוכן__ __תוכן_עניינים__ __תוכן__ __ללא_עריכה__ __יצירת_הערה__ __ללא_יצירת_הערה__ __קטגוריה_מוסתרת__ __לחיפוש__ __לא_לחיפוש__ __הפניה_קבועה__ __ללא_המרת_כותרת__ __ללא_המרת_תוכן__|__דף_פירושונים__ __פירושונים__
hi||मीडिया चित्र|श्रेणी|#पुनर्प्रेषित #अनुप्रेषित|__बिना_अनुक्रम__ __विषय_सूची_हीन__ __गैलरी_नहीं__ __अनुक्रम_दिखाएँ__ __विषय_सूची_दिखाएँ__ __विषय_सूची_दिखायें__ __अनुक्रम__ __विषय_सूची__ __अनुभाग_सम्पादन_नहीं__ __विषय_जोड़ें_कड़ी__ __विषय_जोड़े_कड़ी_रहित__ __छुपी_श्रेणी__ __छिपी_श्रेणी__ __सूचीबद्ध__ __असूचीबद्ध__ __स्थिर_पुनर्प्रेषण__ __स्थिर_अनुप्रेषण__|__बहुवि__
hif|hif-latn|||||
hif-latn||saadhan|vibhag|||
hr||Mediji Datoteka Slika|Kategorija|#preusmjeri|__bezsadržaja__ __bezgalerije__ __uključisadržaj__ __sadržaj__ __bezuređivanjaodlomaka__ __NOVIODLOMAKPOVEZNICA__ __SKRIVENAKAT__ __KAZALO__ __BEZKAZALA__ __NEPOMIČNOPREUSMJERAVANJE__ __bezpretvaranjanaslova__ __bpn__ __bezpretvaranjasadržaja__ __bps__|
hrx|de|||||
hsb|dsb de|Dataja Wobraz|Kategorija|||
hsn|zh-cn zh-hans zh zh-hant|||||
ht|fr|Medya Fichye Imaj|Kategori|||
hu||Média Fájl Kép|Kategória|#átirányítás|__nincstartalomjegyzék__ __nincstj__ __nincsgaléria__ __legyentartalomjegyzék__ __legyentj__ __tartalomjegyzék__ __tj__ __nincsszerkesztés__ __nincsszerk__ __ÚJSZAKASZHIV__ __ÚJSZAKASZLINK__ __NINCSÚJSZAKASZHIV__ __NINCSÚJSZAKASZLINK__ __REJTETTKAT__ __REJTETTKATEGÓRIA__ __NINCSINDEX__ __ÁLLANDÓÁTIRÁNYÍTÁS__ __STATIKUSÁTIRÁNYÍTÁS__|
hu-formal|hu|||||
hy||Մեդիա Պատկեր|Կատեգորիա|#վերահղում|__առանց_բով__ __առանց_սրահի__ __ստիպել_բով__ __բով__ __առանց_բաժնի_խմբագրման__ __ՀՂՈՒՄ_ՆՈՐ_ԲԱԺՆԻ_ՎՐԱ__ __առանց_վերնագրի_փոփոխման__ __առանց_պարունակության_փոփոխման__|
hyw|hy||Ստորոգութիւն|#վերահղում #վերայղում||
ia||Multimedia Imagine|Categoria|||
id||Berkas Gambar|Kategori|#alih|__tanpadaftarisi__ __nirdasi__ __tanpagaleri__ __nirgal__ __paksadaftarisi__ __paksadasi__ __daftarisi__ __dasi__ __tanpasuntinganbagian__ __nirsuba__ __PRANALABAGIANBARU__ __PRABABA__ __TANPAPRANALABAGIANBARU__ _TANPAPRANALABAGIANBARU__ __NIRPRABABA__ __KATEGORITERSEMBUNYI__ __KATSEM__ __INDEKS__ __TANPAINDEKS__ __NIRDEKS__ __PENGALIHANSTATIK__ __PENGALIHANSTATIS__ __PETIK__ __PETIS__ __tanpakonversijudul__ __nirkodul__ __tanpakonversiisi__ __nirkosi__|
ie|||Categorie|||
ig||Midia Usòrò Nká Ákwúkwó_orünotu|Òtù Ébéonọr|#kúfù||
ii|zh-cn zh-hans zh zh-hant|||||
ike-cans|iu|||||
ike-latn|iu|||||
ilo||Midia Papeles|Kategoria|||
inh|ru|Медиа Файл|ОагӀат|#ластар||
io|eo|Arkivo Imajo|Kategorio|||
is||Miðill Mynd|Flokkur|#tilvísun|__emsafn__|
it||Immagine|Categoria|#rinvia #rinvio #rimando|__INDICE__ __NOINDICE__|
iu|ike-cans|||||
ja||メディア ファイル 画像|カテゴリ|#転送 #リダイレクト ＃転送 ＃リダイレクト|__目次非表示__ ＿＿目次非表示＿＿ __ギャラリー非表示__ ＿＿ギャラリー非表示＿＿ __目次強制__ ＿＿目次強制＿＿ __目次__ ＿＿目次＿＿ __節編集非表示__ __セクション編集非表示__ ＿＿セクション編集非表示＿＿ __新しい節リンク__ __新しいセクションリンク__ __新セクションリンク__ ＿＿新しいセクションリンク＿＿ ＿＿新セクションリンク＿＿ __新しい節リンク非表示__ __新しいセクションリンク非表示__ ＿＿新しいセクションリンク非表示＿＿ __新セクションリンク非表示__ ＿＿新セクションリンク非表示＿＿ __カテゴリ非表示__ __カテ非表示__ __非表示カテ__ __隠しカテゴリ__ __インデックス__ ＿＿インデックス＿＿ __インデックス拒否__ ＿＿インデックス拒否＿＿ __静的転送__ __二重転送解消無効__ ＿＿二重転送解消無効＿＿ __二重転送修正無効__ ＿＿二重転送修正無効＿＿ __タイトル変換無効__ __タイトルコンバート拒否__ ＿＿タイトルコンバート拒否＿＿ __タイトル非表示__ __内容変換無効__ __内容変換抑制__ ＿＿内容変換抑制＿＿|__曖昧さ回避__
jam|en|||||
jbo||velsku datnyvei|klesi|||
jut|da|||||
jv|id|Médhia Barkas Gambar Medhia|Kategori|||
ka||მედია ფაილი სურათი|კატეგორია|#გადამისამართება|__უგალერეო__|
kaa|kk-latn kk-cyrl|Su'wret|Kategoriya|||
kab|fr|Tugna|Taggayt|||
kbd|kbd-cyrl|||||
kbd-cyrl||Медиа Файл|Категориэ Категория|||
kbp|fr|||||
kcg||Fail|Sa|||
kea|pt|Multimédia Fixeru|Katiguria|||
kg||Fisye|Kalasi|||
khw|ur|میڈیا فائل|زمرہ|||
kiu|tr|Medya Dosye Dosya|Kategoriye Kategori|||
kjp|my|||||
kk|kk-cyrl|||||
kk-arab|kk kk-cyrl|تاسپا سۋرەت Таспа Сурет Taspa Swret|سانات Санат Sanat|#ايداۋ #айдау|__مازمۇنسىز__ __مسىز__ __мазмұнсыз__ __мсыз__ __قويماسىز__ __قسىز__ __қоймасыз__ __қсыз__ __مازمۇنداتقىزۋ__ __مقىزۋ__ __мазмұндатқызу__ __мқызу__ __مازمۇنى__ __مزمن__ __мазмұны__ __мзмн__ __بولىدىموندەمەۋ__ __بولىموندەتكىزبەۋ__ __бөлідімөндемеу__ __бөлімөндеткізбеу__ __جاڭابولىمسىلتەمەسى__ __ЖАҢАБӨЛІМСІЛТЕМЕСІ__ __جاسىرىنسانات__ __ЖАСЫРЫНСАНАТ__ __تاقىرىپاتىنتۇرلەندىرگىزبەۋ__ __تاتجوق__ __اتاۋالماستىرعىزباۋ__ __ااباۋ__ __тақырыпатынтүрлендіргізбеу__ __татжоқ__ __атауалмастырғызбау__ __аабау__ __ماعلۇماتىنتۇرلەندىرگىزبەۋ__ __ماتجوق__ __ماعلۇماتالماستىرعىزباۋ__ __ماباۋ__ __мағлұматынтүрлендіргізбеу__ __матжоқ__ __мағлұматалмастырғызбау__ __мабау__|
kk-cn|kk-arab kk kk-cyrl|||||
kk-cyrl|kk|Таспа Сурет Taspa Swret تاسپا سۋرەت|Санат Sanat سانات|#айдау|__мазмұнсыз__ __мсыз__ __қоймасыз__ __қсыз__ __мазмұндатқызу__ __мқызу__ __мазмұны__ __мзмн__ __бөлідімөндемеу__ __бөлімөндеткізбеу__ __ЖАҢАБӨЛІМСІЛТЕМЕСІ__ __ЖАСЫРЫНСАНАТ__ __тақырыпатынтүрлендіргізбеу__ __татжоқ__ __атауалмастырғызбау__ __аабау__ __мағлұматынтүрлендіргізбеу__ __матжоқ__ __мағлұматалмастырғызбау__ __мабау__|
kk-kz|kk-cyrl kk|||||
kk-latn|kk kk-cyrl|Taspa Swret Таспа Сурет تاسپا سۋرەت|Sanat Санат سانات|#aýdaw #айдау|__mazmunsiz__ __msiz__ __мазмұнсыз__ __мсыз__ __qoýmasiz__ __qsiz__ __қоймасыз__ __қсыз__ __mazmundatqizw__ __mqizw__ __мазмұндатқызу__ __мқызу__ __mazmuni__ __mzmn__ __мазмұны__ __мзмн__ __bölidimöndemew__ __bölimöndetkizbew__ __бөлідімөндемеу__ __бөлімөндеткізбеу__ __JAÑABÖLİMSİLTEMESİ__ __ЖАҢАБӨЛІМСІЛТЕМЕСІ__ __JASIRINSANAT__ __ЖАСЫРЫНСАНАТ__ __taqiripatintürlendirgizbew__ __tatjoq__ __atawalmastirğizbaw__ __aabaw__ __тақырыпатынтүрлендіргізбеу__ __татжоқ__ __атауалмастырғызбау__ __аабау__ __mağlumatintürlendirgizbew__ __matjoq__ __mağlumatalmastirğizbaw__ __mabaw__ __мағлұматынтүрлендіргізбеу__ __матжоқ__ __мағлұматалмастырғызбау__ __мабау__|
kk-tr|kk-latn kk kk-cyrl|||||
kl|da|Fiileq Fil Billede|Sumut_atassuseq Kategori|||
km||មេឌា ឯកសារ មីឌា រូបភាព|ចំណាត់ថ្នាក់ក្រុម ចំណាត់ក្រុម ចំនាត់ថ្នាក់ក្រុម|#បញ្ជូនបន្ត #ប្ដូរទីតាំងទៅ #ប្តូរទីតាំងទៅ #ប្ដូរទីតាំង #ប្តូរទីតាំង #ប្ដូរចំណងជើង|__លាក់មាតិកា__ __លាក់បញ្ជីអត្ថបទ__ __គ្មានមាតិកា__ __គ្មានបញ្ជីអត្ថបទ__ __កុំបង្ហាញមាតិកា__ __លាក់វិចិត្រសាល__ __បង្ខំមាតិកា__ __បង្ខំបញ្ជីអត្ថបទ__ __បង្ខំអោយបង្ហាញមាតិកា__ __មាតិកា__ __បញ្ជីអត្ថបទ__ __ផ្នែកមិនត្រូវកែប្រែ__ __មិនមានផ្នែកកែប្រែ__ __លាក់ផ្នែកកែប្រែ__ __តំនភ្ជាប់ផ្នែកថ្មី__ __តំណភ្ជាប់ផ្នែកថ្មី__ __ចំណាត់ថ្នាក់ក្រុមមិនបានបង្ហាញ__ __លិបិក្រម__ __មិនមានលិបិក្រម__ __ស្ថិតិទំព័របញ្ជូនបន្ត__|
kn||ಮೀಡಿಯ ಚಿತ್ರ|ವರ್ಗ|||
ko||미디어 파일 그림|분류|#넘겨주기|__목차숨김__ __갤러리숨김__ __화랑숨김__ __목차보임__ __목차표시__ __목차__ __부분편집숨김__ __문단편집숨김__ __단락편집숨김__ __새문단쓰기__ __새글쓰기__ __새문단쓰기숨기기__ __새글쓰기숨기기__ __숨은분류__ __색인__ __색인안함__ __색인거부__ __넘겨주기고정__ __제목변환없음__ __제변없음__ __제목변환안함__ __제변안함__ __내용변환없음__ __내변없음__ __내용변환안함__ __내변안함__|__동음이의__
ko-kp|ko|||||
koi|ru|||||
krc|ru|Медиа Файл|Категория|#джибериу #редирект #перенаправление #перенапр|__башласыз__ __без_оглавления__ __без_огл__ __галлереясыз__ _галлереясыз__ __без_галереи__|
krl|fi|||||
ks|ks-arab|||||
ks-arab||میڈیا فَیِل|زٲژ|||
ks-deva||मीडिया फ़ाइल|ज़ॉज़|||
ksh|de|Medie Datei Medium Meedije Meedijum Beld Belld|Saachjrupp Sachjrop Saachjrop Saachjropp Kattejori Kategorie Katejori|#ömleide_op #ömleide #leidt_öm_op #ömleidung #weiterleitung|__kein_jallerie__ __keine_galerie__ __keinegalerie__ __enhallt__ __inhaltsverzeichnis__ __VERSHTOCHE_SAACHJRUPP__ __VERSTECKTE_KATEGORIE__ __WARTUNGSKATEGORIE__|
ksw|my|||||
ku|ku-latn|||||
ku-arab|ku ckb|||||
ku-latn|ku|Medya Wêne|Kategorî|#beralîkirin|__naveroktune__ _naveroktune_ __galerîtune__ _galerîtune_ __naverok__ _naverok_|
kum|ru|||||
kv|ru|Файл Медиа|Категория|||
kw||Restren|Klass Class|#daskedyans|__KLASSKUDHYS__ __MENEGVA__ __HEBMENEGVA__|
ky||Медиа Файл|Категория|||
la||Fasciculus Imago|Categoria|||
lad|es|Medya Dosya Archivo Meddia Dossia|Kateggoría Categoría Katēggoría|#dirijar #dirección #redirección #redireccion||
lb|de|Fichier Bild|Kategorie|#viruleedung #weiterleitung|__VERSTOPPT_KATEGORIE__ __VERSTECKTE_KATEGORIE__ __WARTUNGSKATEGORIE__|__HOMONYMIE__
lbe|ru|Медиа Сурат|Категория|||
lez|ru az|Медиа Файл|Категория|||
lfn||Fix|Categoria|||
li|nl|Plaetje Aafbeilding|Categorie Kategorie|||
lij|it|Immaggine Immagine|Categorîa Categoria|||
liv|et|||||
lki|fa|||||
lld|it rm fur|||||
lmo|pms eml lij vec it|Archivi Immagine|Categoria Categuria|||
ln|fr|||||
lo||ສື່ ຮູບ ສື່ອ|ໝວດ|||
lrc|fa|ڤارئسگأر جانیا أسگ|دأسە|||
lt||Medija Vaizdas|Kategorija|#peradresavimas|__beturin__ __begalerijos__ __turinys__ __beredagsekc__|
ltg|lv|Medeja Fails|Kategoreja|||
luz|fa|||||
lv||Attēls|Kategorija|||
lzh|zh-hant zh zh-hans|||||
lzz|tr|Medya Dosya|Kʼatʼegori Kategori|||
mad|id|Mèḍia Bhengkek|Bhângsa|||
mai|hi|मेडिया फाइल|श्रेणी|||
map-bms|jv id|||||
mdf|myv ru|Медиа Няйф Изображение|Категорие Категория|||
mg|fr|Rakitra Sary Média|Sokajy Catégorie|#fihodinana #redirection|__tsyasianalahatra__ __aucunsommaire__ __aucunetdm__ __tsyasianagallery__ __aucunegalerie__ __tereonylahatra__ __forcersommaire__ __forcertdm__ __lahatra__ __lahat__ __sommaire__ __tdm__ __tsyazoovaina__ __sectionnoneditable__|
mhr|mrj ru|Файл Медиа|Категорий Категория|||
min|id|Berkas|Kategori|#aliah #alih||
mk||Медиум Податотека Медија Слика|Категорија|#пренасочување #види|__безсодржина__ __безгалерија__ __сосодржина__ __содржина__ __без_уредување_на_поднаслови__ __ВРСКАНОВПОДНАСЛОВ__ __БЕЗВРСКАНОВПОДНАСЛОВ__ __СКРИЕНАКАТ__ __СКРИЕНАКАТЕГОРИЈА__ __ИНДЕКС__ __БЕЗИНДЕКС__ __СТАТИЧНОПРЕНАСОЧУВАЊЕ__ __безпретворањенаслов__ __безпретворањесодржина__|__ПОЈАСНУВАЊЕ__
ml||മീഡിയ പ്രമാണം ചി ചിത്രം പ്ര|വർഗ്ഗം വി വ വിഭാഗം|#തിരിച്ചുവിടുക #തിരിച്ചുവിടൽ|__ഉള്ളടക്കംവേണ്ട__ __ചിത്രസഞ്ചയംവേണ്ട__ __ഉള്ളടക്കംഇടുക__ __ഉള്ളടക്കം__ __സംശോധിക്കേണ്ട__ __പുതിയവിഭാഗംകണ്ണി__ __പുതിയഖണ്ഡിക്കണ്ണി__ __പുതിയവിഭാഗംകണ്ണിവേണ്ട__ __പുതിയഖണ്ഡിക്കണ്ണിവേണ്ട__ __മറഞ്ഞിരിക്കുംവർഗ്ഗം__ __സൂചിക__ __സൂചികവേണ്ട__ __സ്ഥിരസ്ഥിതതിരിച്ചുവിടൽ__ _സ്ഥിരസ്ഥിതതിരിച്ചുവിടൽ_ __തലക്കെട്ട്മാറ്റേണ്ട__ __ഉള്ളടക്കംമാറ്റേണ്ട__|__വിവക്ഷ__
mn||Медиа Файл Зураг|Ангилал|#чиглүүлэг||
mni||ꯃꯦꯗꯤꯌꯥ ꯐꯥꯏꯜ|ꯃꯆꯥꯈꯥꯏꯕ|||
mnw|my|မဳဒဳယာ ဝှာင်|ကဏ္ဍ|||
mo|ro|||||
mr||मिडिया चित्र|वर्ग|#पुनर्निर्देशन #पुर्ननिर्देशन|__अनुक्रमणिकानको__ __प्रदर्शननको__ __अनुक्रमणिकाहवीच__ __अनुक्रमणिका__ __विभागअसंपादनक्षम__ __नवविभागदुवा__ __विनानवविभागदुवा__ __वर्गलपवा__ __क्रमीत__ __अनुक्रमीत__ __विनाक्रमीत__ __विनाअनुक्रमीत__ __अविचलपुर्ननिर्देश__ __विनाशीर्षकबदल__ __विनाशीब__ __विनामजकुरबदल__ __विनामब__|__निःसंदिग्ध__
mrh||Midia Faih|Pho|||
mrj|mhr ru|Медиа Файл|Категори|||
ms||Fail Imej|Kategori|#lencong||
ms-arab|ms|ميديا فاءيل|کاتݢوري|||
mt||Medja Stampa Midja|Kategorija|#rindirizza|__ebdawerrej__ __ebdagallerija__ __sforzawerrej__ __werrej__ __ebdasezzjonimodifika__ __ĦOLQASEZZJONIĠDIDA__ __EBDAĦOLQASEZZJONIĠDIDA__ __KATMOĦBIJA__ __INDIĊI__ __EBDAINDIĊI__ __RIINDIRIZZSTATIKU__ __ebdakonverturtitlu__ __ebdakt__ __ebdakonverturkontenut__ __ebdakk__|
mwl|pt|Multimédia Fexeiro Ficheiro Imagem|Catadorie Categoria|#ancaminar #redirecionamento|__ANCAMINARSTATICO__ _ANCAMINARSTATICO_ __REDIRECIONAMENTOESTATICO__ __REDIRECIONAMENTOESTÁTICO__|
my||မီဒီယာ ဖိုင်|ကဏ္ဍ|||
myv|mdf ru|Медия Артовкс|Категория|||
mzn|fa|مدیا پرونده مه‌دیا تصویر|رج رده|#بور #تغییرمسیر #تغییر_مسیر|__بی‌فهرست__ __بی‌نگارخنه__ __بی‌نگارخانه__ __بافهرست__ __فهرست__ __بی‌بخش__|
nah|es|Mēdiatl Īxiptli Imagen|Neneuhcāyōtl Categoría|||
nan|cdo zh-hant zh zh-hans|Mûi-thé tóng-àn 媒體 文件|Lūi-pia̍t 分類|||
nap|it|Fiùra Immagine|Categurìa Categoria|||
nb|no nn|Medium Fil Bilde|Kategori|#omdirigering|__ingeninnholdsfortegnelse__ __intetgalleri__ __tvinginnholdsfortegnelse__ __innholdsfortegnelse__ __ingenseksjonsredigering__ __NYSEKSJONSLENKE__ __INGENNYSEKSJONSLENKE__ __SKJULTKATEGORI__ __INDEKSER__ __INGENINDEKSERING__ __STATISTOMDIRIGERING__ __ingentittelkonvertering__ __ingeninnholdskonvertering__|__PEKER__
nds|de|Bild Datei|Kategorie|#wiederleiden #weiterleitung|__keeninholtverteken__ __kein_inhaltsverzeichnis__ __keininhaltsverzeichnis__ __wiesinholtverteken__ __inhaltsverzeichnis_erzwingen__ __inholtverteken__ __inhaltsverzeichnis__ __keenännernlink__ __abschnitte_nicht_bearbeiten__|
nds-nl|nl|Bestaand Ofbeelding|Kategorie Categorie Kattegerie|#deurverwiezing #duurverwiezing #doorverwijzing|__gienonderwarpen__ __geeninhoud__ __giengallerieje__ __giengalderieje__ __geen_galerij__ __forseeronderwarpen__ __forseeronderwarpen_ __inhoud_dwingen__ __forceerinhoud__ __onderwarpen__ __inhoud__ __gienbewarkseksie__ __nietbewerkbaresectie__ __NIEJESEKSIEVERWIEZING__ __NIEUWESECTIELINK__ __NIEUWESECTIEKOPPELING__ __GIENNIEJKOPJENVERWIEZING__ __GEENNIEUWKOPJEKOPPELING__ __GEENNIEUWESECTIELINK__ __GEENNIEUWKOPJEVERWIJZING__ __VERBÖRGENKAT__ __VERBORGENCAT__ __GIENINDEX__ __GEENINDEX__ __STAOTIESEDEURVERWIEZING__ __STATISCHEDOORVERWIJZING__ __STATISCHEREDIRECT__ __gientitelkonversie__ __gientk__ __geenpaginanaamconversie__ __geentitelconversie__ __geentc__ __gieninhoudkonversie__ __gienik__ __geeninhoudconversie__ __geenic__|
ne||मीडिया चित्र|श्रेणी|||
new||माध्यम किपा|पुचः|||
nia|id|Berkas|Kategori|||
nl||Bestand Afbeelding|Categorie|#doorverwijzing|__geeninhoud__ __geen_galerij__ __inhoud_dwingen__ __forceerinhoud__ __inhoud__ __nietbewerkbaresectie__ __NIEUWESECTIELINK__ __NIEUWESECTIEKOPPELING__ __GEENNIEUWKOPJEKOPPELING__ __GEENNIEUWESECTIELINK__ __GEENNIEUWKOPJEVERWIJZING__ __VERBORGENCAT__ __GEENINDEX__ __STATISCHEDOORVERWIJZING__ __STATISCHEREDIRECT__ __geenpaginanaamconversie__ __geentitelconversie__ __geentc__ __geeninhoudconversie__ __geenic__|
nl-informal|nl|||||
nn|no nb|Filpeikar Fil|Kategori|#omdiriger|__ingainnhaldsliste__ __ingeninnholdsliste__ __inkjegalleri__ __alltidinnhaldsliste__ __alltidinnholdsliste__ __innhaldsliste__ __innholdsliste__ __ingabolkendring__ __ingabolkredigering__ __ingendelendring__ __GØYMDKAT__ __LØYNDKAT__|__FLEIRTYDING__
nod||ᩈᩨ᩵ ᨼᩱᩃ᩺|ᩉ᩠ᨾ᩠ᩅᨯᩉ᩠ᨾᩪ᩵|||
nqo||ߟߊߛߋߢߊߥߙߍ ߞߐߕߐ߮|ߦߌߟߡߊ|||
nrm|nrf fr|||||
nso||Seswantšho|Setensele|||
nv||Eʼelyaaígíí|Tʼááłáhági_átʼéego|||
oc|ca fr|Mèdia Fichièr Imatge|Categoria|#redireccion|__capdetaula__ __pascapdesomari__ __pascapdetdm__ __capdegalariá__ __capdegalaria__ __pascapdedegalariá__ __forçartaula__ __forçarsomari__ __forçartdm__ __taula__ __somari__ __tdm__ __seccionnoneditabla__ __LIGAMSECCIONNOVÈLA__ __PASCAPDELIGAMSECCIONNOVÈLA__ __CATAMAGADA__ __PASCAPDINDÈX__ __REDIRECCIONESTATICA__|
olo|fi|Medii Failu|Kategourii|||
or||ମାଧ୍ୟମ ଫାଇଲ|ଶ୍ରେଣୀ ବିଭାଗ|#ଲେଉଟାଣି|__ବଦଳା_ନହେବାଶ୍ରେଣୀ__ _ବଦଳା_ନହେବାଶ୍ରେଣୀ_ __ନୂଆବିଭାଗଲିଙ୍କ__ _ନୂଆବିଭାଗଲିଙ୍କ_ __ନୂଆ_ବିଭାଗ_ନକରିବା_ଲିଙ୍କ__ _ନୂଆ_ବିଭାଗ_ନକରିବା_ଲିଙ୍କ_ __ଲୁଚିଥିବାବିଭାଗ__ _ଲୁଚିଥିବାବିଭାଗ_|
os|ru|Медиа Файл Ныв|Категори|#æрвитæн #æрвыст #рарвыст #перенаправление #перенапр|__æнæсæр__ __без_оглавления__ __без_огл__ __æнæгалерей__ __без_галереи__ __сæртимæ__ __обязательное_оглавление__ __обяз_огл__ __сæртæ__ __оглавление__ __огл__ __æнæхайивынæй__ __без_редактирования_раздела__|
pa||ਮੀਡੀਆ ਤਸਵੀਰ|ਸ਼੍ਰੇਣੀ|#ਰੀਡਿਰੈਕਟ||
pcd|fr|||||
pcm|||Katigori|||
pdc|de|Feil Medium Datei|Abdeeling Kategorie|||
pdt|de|||||
pfl|de|Medium Dadai Datei|Sachgrubb Kategorie Kadegorie|||
pi||मीडिया पटिमा|विभाग|||
pih|en|||||
pl||Plik Grafika|Kategoria|#patrz #przekieruj #tam|__bezspisu__ __bezgalerii__ __zespisem__ __wymuśspis__ __spis__ __bezedycjisekcji__ __LINKNOWEJSEKCJI__ __KATEGORIAUKRYTA__ __INDEKSUJ__ __NIEINDEKSUJ__|
pms|it|Figura|Categorìa|||
pnb||میڈیا فائل تصویر|گٹھ|#مڑجوڑ||
pnt|el|Μέσον Αρχείον Εικόναν|Κατηγορίαν|||
prg||Mēdijai Zūrbrukis|Kategōrija|||
ps||رسنۍ دوتنه انځور|وېشنيزه||__بی‌نيولک__ __بی‌نندارتونه__ __نيوليکداره__ __نيوليک__ __بی‌برخې__ __پټه_وېشنيزه__ __ليکلړ__ __بې_ليکلړ__|
pt|pt-br|Multimédia Ficheiro Imagem Arquivo|Categoria|#redirecionamento|__semtdc__ __semsumário__ __semgaleria__ __forcartdc__ __forcarsumario__ __forçartdc__ __forçarsumário__ __tdc__ __sumário__ __sumario__ __nãoeditarseção__ __semeditarseção__ __naoeditarsecao__ __semeditarsecao__ __LINKDENOVASECAO__ __LINKDENOVASEÇÃO__ __LIGACAODENOVASECAO__ __LIGAÇÃODENOVASEÇÃO__ __SEMLINKDENOVASECAO__ __SEMLINKDENOVASEÇÃO__ __SEMLIGACAODENOVASECAO__ __SEMLIGAÇÃODENOVASEÇÃO__ __CATEGORIAOCULTA__ __CATOCULTA__ __INDEXAR__ __NAOINDEXAR__ __NÃOINDEXAR__ __REDIRECIONAMENTOESTATICO__ __REDIRECIONAMENTOESTÁTICO__ __semconvertertitulo__ __semconvertertítulo__ __semct__ __semconverterconteudo__ __semconverterconteúdo__ __semcc__|
pt-br|pt|Mídia Arquivo Imagem Ficheiro|Categoria|#redirecionamento|__semtdc__ __semsumário__ __semgaleria__ __forcartdc__ __forcarsumario__ __forçartdc__ __forçarsumário__ __tdc__ __sumario__ __sumário__ __naoeditarsecao__ __nãoeditarseção__ __semeditarseção__ __semeditarsecao__ __LINKDENOVASECAO__ __LINKDENOVASEÇÃO__ __LIGACAODENOVASECAO__ __LIGAÇÃODENOVASEÇÃO__ __SEMLINKDENOVASECAO__ __SEMLINKDENOVASEÇÃO__ __SEMLIGACAODENOVASECAO__ __SEMLIGAÇÃODENOVASEÇÃO__ __CATEGORIAOCULTA__ __CATOCULTA__ __INDEXAR__ __NAOINDEXAR__ __NÃOINDEXAR__ __REDIRECIONAMENTOESTATICO__ __REDIRECIONAMENTOESTÁTICO__ __semconvertertitulo__ __semconvertertítulo__ __semct__ __semconverterconteudo__ __semconverterconteúdo__ __semcc__|
pwn|zh-tw zh-hant zh zh-hans|mitiya sineqetj_a_vecik|pinapapilipiliqan|||
qu|qug es|Midya Rikcha|Katiguriya|#pusapuna #redirección #redireccion|__yuyarinannaq__ __notdc__ __sin_tdc__ __rikchasuyunnaq__ __nogalería__ __nogaleria__ __sin_galería__ __yuyarinataatipachiy__ __forzartdc__ __forzartoc__ __forzar_tdc__ __yuyarina__ __tdc__ __amarakitahukchaychu__ __noeditarsección__ __noeditarseccion__ __no_editar_sección__ __PAKASQAKATIGURIYA__ __CATEGORÍAOCULTA__ __UNANCHAY__ __INDEXAR__ __AMAUNANCHAYCHU__ __NOINDEXAR__ __TIYAQLLAPUSAPUNA__ __REDIRECCIONESTATICA__ __REDIRECCIÓNESTÁTICA__ __amasutitahukchaychu__ __noconvertirtitulo__ __noconvertirtítulo__ __noct___ __amasamiqtahukchaychu__ __noconvertircontenido__ __nocc___|
qug|qu es|Midya Rikcha|Samiyachiy|||
rgn|it|||||
rm||Multimedia Datoteca|Categoria|#renviament||
rmy|ro|Mediya Chitro|Shopni|||
rn||Dosiye|Umuce|||
ro||Fișier Imagine Fişier|Categorie|#redirecteaza|__faracuprins__ __faragalerie__ __forteazacuprins__ __cuprins__ __faraeditsectiune__ __LEGATURASECTIUNENOUA__ __FARALEGATURASECTIUNENOUA__ __ASCUNDECAT__ __FARAINDEX__ __REDIRECTIONARESTATICA__ __faraconvertiretitlu__ __fct__ __faraconvertirecontinut__ __fcc__|
roa-tara|it|||||
rsk|sr-ec sr-cyrl|Медий Файл|Катеґория|||
ru||Медиа Файл Изображение|Категория|#перенаправление #перенапр|__без_оглавления__ __без_огл__ __без_галереи__ __обязательное_оглавление__ __обяз_огл__ __оглавление__ __огл__ __без_редактирования_раздела__ __ССЫЛКА_НА_НОВЫЙ_РАЗДЕЛ__ __БЕЗ_ССЫЛКИ_НА_НОВЫЙ_РАЗДЕЛ__ __СКРЫТАЯ_КАТЕГОРИЯ__ __ИНДЕКС__ __БЕЗ_ИНДЕКСА__ __СТАТИЧЕСКОЕ_ПЕРЕНАПРАВЛЕНИЕ__ __без_преобразования_заголовка__ __без_преобразования_текста__|
rue|uk ru|Медіа Файл|Катеґорія|||
rup|ro|||||
ruq|ruq-latn ro|||||
ruq-cyrl|mk|||||
ruq-latn|ro|||||
rw||Itangazamakuru Dosiye|Ikiciro|||
sa|hi|माध्यमम् सञ्चिका माध्यम चित्रं चित्रम्|वर्गः|#पुनर्निर्दिष्टम् #अनुप्रेषितम् #पुनर्निदेशन #अनुप्रेषित|__नैवानुक्रमणी__ __विषयसूचीहीनः__ __नैवअनुक्रमणी__ __वीथिकाहीनः__ __नैवसंक्रमणका__ __अनुक्रमणी_दर्श्यताम्__ __अनुक्रमणीसचते__ __अनुक्रमणी__ __विषयसूची__ __अनुभागसम्पादनं_नास्ति__ __नैवसम्पादनविभाग__ __नवीनविभागपरिसन्धिः__ __नूतनविभागसम्बद्धं__ __निगूहितवर्गः__ __लुप्तवर्ग__ __अनुक्रमणिका__ __अननुक्रमणी__ __नैवअनुक्रमणिका__ __अनित्यपुनर्निर्देशनम्__ __अनित्यपुनर्निदेशन__ __न_शीर्षकपरिवर्तितम्__ __नैवशिर्षकपरिवर्त__ __नैशिप__ __न_लेखपरिवर्तनम्__ __नैवलेखपरिवर्त__ __नैलेप__|
sah|ru|Миэдьийэ Билэ Ойуу|Категория|#утаарыы #утр|__иһинээҕитэ_суох__ __иһн_суох__ __галереята_суох__ __булгуччу_иһинээҕилээх__ __блг_иһн__ __иһинээҕитэ__ __иһн__ __салааны_уларыппакка__ __САҤА_САЛААҔА_СИГЭ__ __САҤА_САЛААҔА_СИГЭТЭ_СУОХ__ __КИСТЭММИТ_КАТЕГОРИЯ__ __ИНДЕКС__ __ИНДЕКСТЭЭМЭ__ __ХАЛБАҤНААБАТ_УТААРЫЫ__ __аатын_уларыппакка__ __тиэкиһин_уларыппакка__|
sat||ᱢᱤᱰᱤᱭᱟ ᱨᱮᱫ|ᱛᱷᱚᱠ|||
sc||Immàgini|Categoria|||
scn|it|Mèdia Mmàggini|Catigurìa|||
sco|en|||||
sd||ذريعات فائل عڪس|زمرو|#چوريو|___لڪل_زمرو___|
sdc|it|Immagina|Categuria|||
sdh|cbk fa|||||
se|nb fi|Fiila|Kategoriija|#stivren #ođđasitstivren|__iisisdoallu__ __iisis__ __iigalleriija__ __sisdoallu__ __sis__ __iirievdaditoasi__|
se-fi|se fi sv|||||
se-no|se nb nn|||||
se-se|se sv|||||
ses|fr|||||
sg|fr|||||
sgs|lt|Medėjė Abruozdielis Vaizdas|Kateguorėjė Kategorija|||
sh|bs sr-el sr-latn hr|Datoteka|Kategorija|#preusmjeri #preusmeri|__bezsadržaja__ __bezgalerije__ __forsiranisadržaj__ __uključisadržaj__ __sadržaj__ __bez_izmjena__ __bezizmjena__ __bez_izmena__ __bezizmena__ __SAKRIVENAKATEGORIJA__ __SAKRIVENAKAT__ __beztc__ __bezkn__ __bpn__ __bezcc__ __bps__|
sh-latn|sh bs hr sr-latn sr-el sh-cyrl sr-cyrl sr-ec|Datoteka|Kategorija|#preusmjeri #preusmeri|__bezsadržaja__ __bezgalerije__ __forsiranisadržaj__ __uključisadržaj__ __sadržaj__ __bez_izmjena__ __bezizmjena__ __bez_izmena__ __bezizmena__ __SAKRIVENAKATEGORIJA__ __SKRIVENAKAT__ __SAKRIVENAKAT__ __beztc__ __bezkn__ __bpn__ __bezcc__ __bps__|
shi|shi-latn fr|Midya Afaylu|Taggayt|||
shn||သိုဝ်ႇၶၢဝ်ႇ ၾၢႆႇ|ပိူင်ထၢၼ်ႈ|||
shy|shy-latn|||||
shy-latn|fr|Alɣagdud Afaylu|Taggayt|||
si||මාධ්‍යය ගොනුව රූපය|ප්‍රවර්ගය|#යළියොමුව||
sjd|ru|||||
sk|cs|Médiá Súbor Obrázok|Kategória|#presmeruj|__bezobsahu__ __bezgalérie__ __vynútiťobsah__ __obsah__ __neupravovaťsekcie__ __SKRYTÁKATEGÓRIA__ __SKRYTÁKAT__|
skr|skr-arab|||||
skr-arab|ur pnb|میڈیا فائل|ونکی|||
sl||Datoteka Slika|Kategorija|#preusmeritev|__brezkazalavsebine__ __brezgalerije__ __vsilikazalovsebine__ __poglavje__ __brezurejanjarazdelkov__ __SKRITAKATEGORIJA__ __KAZALO__ __BREZKAZALA__ __STATICNAPREUSMERITEV__|
sli|de|||||
smn|fi|Tiätuvuárkká|Luokka|||
sq||Skeda Figura|Kategoria Kategori|#ridrejto|__patp__ __jotp__ __pagaleri__ __jogaleri__ __tp__ __paredaktimpjese__ __joredaktimseksioni__ __KATEGORIEFSHEHUR__|
sr|sr-ec sr-cyrl|||||
sr-ec|sr-cyrl sr|Медиј Датотека Medija Slika Медија Слика|Категорија Kategorija|#преусмери #преусмјери|__безсадржаја__ __без_садржаја__ __безгалерије__ __без_галерије__ __форсиранисадржај__ __форсирани_садржај__ __приморанисадржај__ __приморани_садржај__ __садржај__ __безизмена__ __без_измена__ __безизмјена__ __без_измјена__ __НОВАВЕЗАОДЕЉКА__ __НОВА_ВЕЗА_ОДЕЉКА__ __БЕЗНОВЕВЕЗЕОДЕЉКА__ __БЕЗ_НОВЕ_ВЕЗЕ_ОДЕЉКА__ __САКРИВЕНАКАТ__ __ИНДЕКС__ __БЕЗИНДЕКСА__ __БЕЗ_ИНДЕКСА__ __СТАТИЧКОПРЕУСМЕРЕЊЕ__ __безкн__ __bezkn__ __безкс__ __безцц__ __bezks__|__ДИСАМБИГ__
sr-el|sr-latn sr|Medij Datoteka Медија Слика Medija Slika|Kategorija Категорија|#preusmeri #preusmjeri|__bezsadržaja__ __bez_sadržaja__ __bezgalerije__ __bez_galerije__ __forsiranisadržaj__ __forsirani_sadržaj__ __primoranisadržaj__ __primorani_sadržaj__ __sadržaj__ __bezizmena__ __bez_izmena__ __bezizmjena__ __bez_izmjena__ __NOVAVEZAODELJKA__ __NOVA_VEZA_ODELJKA__ __BEZNOVEVEZEODELJKA__ __BEZ_NOVE_VEZE_ODELJKA__ __SAKRIVENAKAT__ __INDEKS__ __BEZINDEKSA__ __BEZ_INDEKSA__ __STATIČKOPREUSMERENJE__ __bezkn__ __bezcc__|
srn|nl|Gefre Afbeelding|Guru Categorie|#stir #doorverwijzing|__noinot__ __geeninhoud__ __nopikturama__ __geen_galerij__ __inotdwengi__ __inhoud_dwingen__ __forceerinhoud__ __inot__ __inhoud__ __nokenkiskaki__ __nietbewerkbaresectie__|
sro|it|Mèdius Documentu|Categoria|||
stq|de|Bielde|Kategorie|||
sty|ru|||||
su|id|Média Gambar|Kategori|||
sv||Fil Bild|Kategori|#omdirigering|__ingeninnehållsförteckning__ __ingetgalleri__ __alltidinnehållsförteckning__ __innehållsförteckning__ __interedigerasektion__ __NYTTAVSNITTLÄNK__ __DOLDKAT__ __INDEXERA__ __INTEINDEXERA__ __INTEINDEXERA_ __STATISKOMDIRIGERING__|
sw||Faili Picha|Jamii|||
syl||ꠝꠤꠒꠤꠀ ꠚꠣꠁꠟ|ꠇꠦꠐꠣꠉꠞꠤ|||
szl|pl|Plik|Kategoryjo Kategoria|||
szy|zh-tw zh-hant zh zh-hans|myiti tangan|kakuniza|||
ta||ஊடகம் படிமம்|பகுப்பு|#வழிமாற்று||
tay|zh-tw zh-hant zh zh-hans|biru’_na_zayzyuwaw biru'_na_zayzyuwaw|zyuwaw_na|||
tcy|kn|ಮಾದ್ಯಮೊ ಫೈಲ್|ವರ್ಗೊ|||
te||మీడియా దస్త్రం బొమ్మ ఫైలు|వర్గం|#దారిమార్పు|__విషయసూచికవద్దు__ __విషయసూచిక__|
tet|pt|Imajen|Kategoria Kategoría|||
tg|tg-cyrl|||||
tg-cyrl|tg|Медиа Акс|Гурӯҳ|#равона|__бе_феҳрист__ __бе_нигорхона__ __бо_феҳрист__ __феҳрист__ __бе_вироиши_ҷузъӣ__ __ПАЙВАНД_БА_ҚИСМАТИ_НАВ__ __БЕ_ПАЙВАНД_БА_ҚИСМАТИ_НАВ__ __ГУРӮҲИ_ПИНҲОН__ __ИНДЕКС__ __БЕ_ИНДЕКС__ __РАВОНАИ_СТАТИСТИКӢ__ __бе_тағйири_сарлавҳа__ __бе_тағйири_матн__|
tg-latn|tg|||||
th||สื่อ ไฟล์ ภาพ|หมวดหมู่|#เปลี่ยนทาง|__ไม่มีสารบัญ__ __ไม่มีแกลเลอรี่__ __ไม่มีแก้เฉพาะส่วน__|
ti||ሜድያ ፋይል|መደብ|||
tk||Faýl|Kategoriýa|||
tl||Midya Talaksan|Kategorya Kaurian|||
tly||Medja Fajl|Tispir|#tojədən_istiğomət_doy|__bemindəricot__ __məcburiyə_mindəricot__ __mindəricot__|
tn||Pego Setshwantsho|Karolo|||
tpi||Fail|Grup|||
tr||Ortam Dosya Medya Resim|Kategori|#yönlendirme #yönlendir|__içindekileryok__ __galeriyok__ __içindekilerzorunlu__ __içindekiler__ __değiştiryok__ __düzenlemeyok__ __YENİBAŞLIKBAĞLANTISI__ __YENİBAŞLIKBAĞLANTISIYOK__ __GİZLİKAT__ __GİZLİKATEGORİ__ __DİZİN__ __ENDEKS__ __DİZİNYOK__ __ENDEKSYOK__ __STATİKYÖNLENDİRME__ __SABİTYÖNLENDİRME__ __başlikdönüşümüyok__ __bdy__ __içerikdönüşümüyok__ __idy__|
trv|zh-tw zh-hant zh zh-hans|Meyti Patas_bntasan|Snakun|||
tt|tt-cyrl ru|||||
tt-cyrl|ru|Медиа Файл Изображение Рәсем Räsem|Төркем Категория Törkem|#юнәлтү #перенаправление #перенапр|__башлыкюк__ __без_оглавления__ __без_огл__ __ettiq__ __обяз_огл__ __обязательное_оглавление__ __эчтелек__ __оглавление__ __огл__ __бүлекүзгәртүюк__ __без_редактирования_раздела__ __ИНДЕКССЫЗ__ __БЕЗ_ИНДЕКСА__|
tt-latn||Fayl Räsem|Törkem|#yünältü|__etyuq__ __ettiq__ __et__ __bülemtözätüyuq__|
tw|||Nkyekyεmu|||
ty|fr|||||
tyv|ru|Медиа Файл|Аңгылал Категория|#көжүрүлге #шигледир #перенаправление #перенапр|__эге_чок__ __без_оглавления__ __без_огл__ __галерея_чок__ __без_галереи__ __албан_эге__ __обязательное_оглавление__ __обяз_огл__ __допчу__ __оглавление__ __огл__ __үлег_эдилгези_чок__ __без_редактирования_раздела__ __ЧАЖЫТ_АҢГЫЛАЛ__ __СКРЫТАЯ_КАТЕГОРИЯ__|
udm|ru|Медиа Файл Суред|Категория|||
ug|ug-arab|||||
ug-arab||ۋاسىتە ھۆججەت|تۈر|||
uk||Медіа Файл Зображення Медиа Изображение|Категорія Категория|#перенаправлення #перенапр #перенаправление|__без_змісту__ __без_оглавления__ __без_огл__ __без_галереї__ __без_галереи__ __обов_зміст__ __обязательное_оглавление__ __обяз_огл__ __зміст__ __оглавление__ __огл__ __без_редагув_розділу__ __без_редактирования_раздела__ __ПОСИЛАННЯ_НА_НОВИЙ_РОЗДІЛ__ __ССЫЛКА_НА_НОВЫЙ_РАЗДЕЛ__ __БЕЗ_ПОСИЛАННЯ_НА_НОВИЙ_РОЗДІЛ__ __БЕЗ_ССЫЛКИ_НА_НОВЫЙ_РАЗДЕЛ__ __ПРИХОВ_КАТ__ __ПРИХОВАНА_КАТЕГОРІЯ__ __СКРЫТАЯ_КАТЕГОРИЯ__ __ІНДЕКС__ __ИНДЕКС__ __БЕЗ_ІНДЕКСУ__ __БЕЗ_ИНДЕКСА__ __СТАТИЧНЕ_ПЕРЕНАПРАВЛЕННЯ__ __СТАТИЧЕСКОЕ_ПЕРЕНАПРАВЛЕНИЕ__ __без_перетворення_заголовку__ __без_преобразования_заголовка__ __без_перетворення_тексту__ __без_преобразования_текста__|
ur||میڈیا فائل وسیط زریعہ تصویر ملف|زمرہ|#رجوع_مکرر|__فہرست_نہیں__ __نافہرست__ __نگارخانہ_نہیں__ __بافہرست__ __فہرست__ __ناترمیم_قطعہ__ __ربط_نیا_قطعہ__ __ربط_نیا_قطعہ_نہیں__ __پوشیدہ_زمرہ__ __اشاریہ__ __اشاریہ_نہیں__ __ساکن_رجوع_مکرر__ __منتقلی_عنوان_نہیں__ __منتقلی_مواد_نہیں__|__ضد_ابہام__
uz||Fayl Mediya Tasvir|Turkum Kategoriya|#yoʻnaltirish #yonaltirish|__ichidagilaryoq__ __galereyayoq__ __ichidagilarmajburiy__ __ichidagilari__ __ichidagilar__ __tahriryoq__ __tartiblashyoq__ __YASHIRINTURKUM__ __INDEKS__ __INDEKSYOQ__|
vec|it|Mèdia Imàjine|Categoria|#varda #rinvia #rinvio #rimando||
vep|et|Fail|Kategorii||__INDEKS__ __INDEKSIGA__|
vi||Phương_tiện Tập_tin Hình|Thể_loại|#đổi|__không_mục_lục__ __khôngmụclục__ __không_album__ __khôngalbum__ __luôn_mục_lục__ __luônmụclục__ __mục_lục__ __mụclục__ __không_nút_sửa_mục__ __khôngnútsửamục__ __LIÊN_KẾT_MỤC_MỚI__ __LIÊNKẾTMỤCMỚI__ __KHÔNG_LIÊN_KẾT_MỤC_MỚI__ __KHÔNGLIÊNKẾTMỤCMỚI__ __THỂ_LOẠI_ẨN__ __THỂLOẠIẨN__ __CHỈ_MỤC__ __CHỈMỤC__ __KHÔNG_CHỈ_MỤC__ __KHÔNGCHỈMỤC__ __ĐỔI_HƯỚNG_NHẤT_ĐỊNH__ __ĐỔIHƯỚNGNHẤTĐỊNH__ __không_chuyển_tên__ __khôngchuyểntên__ __không_chuyển_nội_dung__ __khôngchuyểnnộidung__|__ĐỊNH_HƯỚNG__ __ĐỊNHHƯỚNG__
vls|nl|Ofbeeldienge|Categorie|||
vmf|de|Dôdaj|Gadâgorii|||
vmw|pt|||||
vo||Nünamakanäd Ragiv Magod|Klad|||
vot|fi|||||
vro|et|Meediä Pilt|Katõgooria|#saadaq #suuna||
wa|fr|Imådje|Categoreye|||
war||Medya Paypay Fayl|Kaarangay|||
wls|fr|Pāki Koga|Faʻahiga|||
wo|fr|Xibaarukaay Dencukaay|Wàll Catégorie|||
wuu|zh-hans zh zh-hant|||||
xal|ru|Аһар Боомг Зург|Әәшл Янз|||
xmf|ka|||||
yi|he|מעדיע טעקע בילד|קאַטעגאָריע קאטעגאריע|#ווייטערפירן #הפניה|__קיין_אינהאלט_טאבעלע__ __ללא_תוכן_עניינים__ __ללא_תוכן__ __קיין_גאלעריע__ __ללא_גלריה__ __אינהאלט__ __תוכן_עניינים__ __תוכן__ __נישט_רעדאקטירן__ __ללא_עריכה__ __באהאלטענע_קאטעגאריע__ __באהאלטענע_קאט__ __קטגוריה_מוסתרת__|
yo||Amóhùnmáwòrán Fáìlì Àwòrán|Ẹ̀ka|||
yue||媒體 文件 媒体 檔 檔案 档 档案 圖 圖像 图 图像|分類 類 类 分类|||
za|zh-hans zh zh-hant|||||
zea|nl|Plaetje|Categorie|||
zgh|kab|||||
zh|zh-hans zh-hant zh-cn zh-tw zh-hk|||||
zh-cn|zh-hans zh zh-hant|||||
zh-hans|zh-cn zh zh-hant|媒体 文件 媒体文件 媒体档案 档案 图像 图片|分类|#重定向|__无目录__ __无图库__ __强显目录__ __目录__ __无编辑段落__ __无段落编辑__ __新段落链接__ __无新段落链接__ __隐藏分类__ __索引__ __无索引__ __静态重定向__ __不转换标题__ __不转换内容__|__消歧义__ __消除歧义__
zh-hant|zh-tw zh-hk zh zh-hans|媒體 檔案 媒體檔案 媒體文件 文件 圖像 圖片|分類|#重新導向 #重定向|__無目錄__ __无目录__ __無圖庫__ __无图库__ __強制目錄__ __强显目录__ __目錄__ __目录__ __無段落編輯__ __无编辑段落__ __无段落编辑__ __隱藏分類__ __隐藏分类__ __靜態重新導向__ __静态重定向__ __不轉換標題__ __不转换标题__ __不轉換內容__ __不转换内容__|
zh-hk|zh-hant zh-tw zh zh-hans|||||
zh-mo|zh-hk zh-hant zh-tw zh zh-hans|||||
zh-my|zh-sg zh-hans zh-cn zh zh-hant|||||
zh-sg|zh-hans zh-cn zh zh-hant|||||
zh-tw|zh-hant zh-hk zh zh-hans|||||
"""

CODES = """\
aa ab abs ace ady ady-cyrl aeb aeb-arab aeb-latn af ak aln als alt am ami an ang anp ar arc arn
arq ary arz as ase ast atj av avk awa ay az azb ba ban ban-bali bar bat-smg bbc bbc-latn bcc bci
bcl be be-tarask be-x-old bg bgn bh bho bi bjn blk bm bn bo bpy bqi br brh bs btm bto bug bxr ca
cbk-zam cdo ce ceb ch cho chr chy ckb co cps cr crh crh-cyrl crh-latn cs csb cu cv cy da dag de
de-at de-ch de-formal din diq dsb dtp dty dv dz ee egl el eml en en-ca en-gb eo es es-419
es-formal et eu ext fa fat ff fi fit fiu-vro fj fo fon fr frc frp frr fur fy ga gaa gag gan
gan-hans gan-hant gcr gd gl gld glk gn gom gom-deva gom-latn gor got gpe grc gsw gu guc gur guw gv
ha hak haw he hi hif hif-latn hil ho hr hrx hsb hsn ht hu hu-formal hy hyw hz ia id ie ig ii ik
ike-cans ike-latn ilo inh io is it iu ja jam jbo jut jv ka kaa kab kbd kbd-cyrl kbp kcg kea kg khw
ki kiu kj kjp kk kk-arab kk-cn kk-cyrl kk-kz kk-latn kk-tr kl km kn ko ko-kp koi kr krc kri krj
krl ks ks-arab ks-deva ksh ksw ku ku-arab ku-latn kum kv kw ky la lad lb lbe lez lfn lg li lij liv
lki lld lmo ln lo loz lrc lt ltg lus luz lv lzh lzz mad mai map-bms mdf mg mh mhr mi min mk ml mn
mni mnw mo mos mr mrh mrj ms ms-arab mt mus mwl my myv mzn na nah nan nap nb nds nds-nl ne new ng
nia niu nl nl-informal nmz nn no nod nov nqo nrm nso nv ny nyn nys oc ojb olo om or os pa pag pam
pap pcd pcm pdc pdt pfl pi pih pl pms pnb pnt prg ps pt pt-br pwn qu qug rgn rif rm rmc rmy rn ro
roa-rup roa-tara rsk ru rue rup ruq ruq-cyrl ruq-latn rw ryu sa sah sat sc scn sco sd sdc sdh se
se-fi se-no se-se sei ses sg sgs sh shi shi-latn shi-tfng shn shy shy-latn si simple sjd sje sk
skr skr-arab sl sli sm sma smn sms sn so sq sr sr-ec sr-el srn sro ss st stq sty su sv sw syl szl
szy ta tay tcy tdd te tet tg tg-cyrl tg-latn th ti tk tl tly tly-cyrl tn to tpi tr tru trv ts tt
tt-cyrl tt-latn tum tw ty tyv tzm udm ug ug-arab ug-latn uk ur uz uz-cyrl uz-latn ve vec vep vi
vls vmf vmw vo vot vro wa war wls wo wuu xal xh xmf xsy yi yo yrl yue za zea zgh zh zh-classical
zh-cn zh-hans zh-hant zh-hk zh-min-nan zh-mo zh-my zh-sg zh-tw zh-yue zu
"""
