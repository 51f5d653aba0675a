"""Commands of TeX by what they show; after the AMS's short math guide."""

from __future__ import annotations


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


SYMBOLS = _pairs(
    r"""
    alpha=α beta=β gamma=γ delta=δ epsilon=ϵ varepsilon=ε zeta=ζ eta=η theta=θ vartheta=ϑ iota=ι
    kappa=κ lambda=λ mu=μ nu=ν xi=ξ omicron=ο pi=π varpi=ϖ rho=ρ varrho=ϱ sigma=σ varsigma=ς tau=τ
    upsilon=υ phi=φ varphi=φ chi=χ psi=ψ omega=ω Gamma=Γ Delta=Δ Theta=Θ Lambda=Λ Xi=Ξ Pi=Π Sigma=Σ
    Upsilon=Υ Phi=Φ Psi=Ψ Omega=Ω Alpha=Α Beta=Β Epsilon=Ε Zeta=Ζ Eta=Η Iota=Ι Kappa=Κ Mu=Μ Nu=Ν
    Rho=Ρ Tau=Τ Chi=Χ hbar=ħ hslash=ħ ell=ℓ Re=Re Im=Im aleph=ℵ infty=∞ infin=∞ emptyset=∅
    varnothing=∅ empty=∅ partial=∂ nabla=∇ forall=∀ exists=∃ angle=∠ degree=° prime=′ dagger=† ddagger=‡ bot=⊥
    top=⊤ square=□ Box=□ triangle=△ star=⋆ ast=∗ circ=∘ bullet=• ldots=… dots=… cdots=… dotsc=…
    dotsb=… hdots=… imath=i jmath=j R=ℝ N=ℕ Z=ℤ Q=ℚ C=ℂ reals=ℝ Reals=ℝ natnums=ℕ flat=♭ sharp=♯
    natural=♮ pounds=£ euro=€ S=§ P=¶ AA=Å lbrace={ rbrace=} complement=∁ wp=℘
    """
)
OPERATORS = _pairs(
    r"""
    times=× cdot=⋅ div=÷ pm=± mp=∓ ne=≠ neq=≠ le=≤ leq=≤ leqslant=≤ ge=≥ geq=≥ geqslant=≥ ll=≪ gg=≫
    approx=≈ equiv=≡ sim=~ simeq=≃ cong=≅ propto=∝ in=∈ isin=∈ notin=∉ ni=∋ subset=⊂ subseteq=⊆
    supset=⊃ supseteq=⊇ subsetneq=⊊ cup=∪ cap=∩ setminus=∖ smallsetminus=∖ to=→ rightarrow=→ rarr=→
    leftarrow=← gets=← leftrightarrow=↔ Rightarrow=⇒ rArr=⇒ implies=⇒ Leftarrow=⇐ Leftrightarrow=⇔
    iff=⇔ mapsto=↦ longrightarrow=→ Longrightarrow=⇒ longmapsto=↦ hookrightarrow=↪ uparrow=↑
    downarrow=↓ rightleftharpoons=⇌ land=∧ wedge=∧ lor=∨ vee=∨ oplus=⊕ otimes=⊗ odot=⊙ perp=⊥
    parallel=∥ mid=∣ vdash=⊢ models=⊨ prec=≺ preceq=≼ succ=≻ succeq=≽ lt=< gt=> doteq=≐ and=∧ or=∨
    triangleq=≜ asymp=≍ colon=: bmod=mod mod=mod lesssim=≲ gtrsim=≳ trianglelefteq=⊴ bowtie=⋈
    """
)
LARGE = _pairs(r"sum=∑ prod=∏ int=∫ iint=∬ oint=∮ coprod=∐ bigcup=⋃ bigcap=⋂")
FUNCTIONS = frozenset(
    """sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth log ln lg exp det dim ker
    deg gcd arg hom Pr max min sup inf lim limsup liminf sgn tr rank""".split()
)
LIMITED = frozenset("max min sup inf lim limsup liminf Pr det gcd".split())
BRACKETS = {
    "langle": "⟨", "lfloor": "⌊", "lceil": "⌈", "rangle": "⟩", "rfloor": "⌋", "rceil": "⌉",
    "lbrack": "[", "rbrack": "]", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖",
    "vert": "|", "Vert": "‖", "{": "{", "}": "}", "|": "‖",
}  # fmt: skip
ACCENTS = {
    "bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "widehat": "\u0302", "vec": "\u20d7",
    "tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "acute": "\u0301",
    "grave": "\u0300", "check": "\u030c", "breve": "\u0306", "mathring": "\u030a",
}  # fmt: skip
STYLES = frozenset(
    """mathrm mathbf mathit mathsf mathtt mathcal mathfrak mathscr boldsymbol bold bf rm it cal
    boldsymbol pmb""".split()
)
TEXTS = frozenset("text textrm textit textbf textsf texttt mbox hbox".split())
BLACKBOARD = dict(zip("RNZQCPH", "ℝℕℤℚℂℙℍ", strict=True))
