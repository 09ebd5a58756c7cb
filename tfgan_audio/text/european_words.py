"""What German, Spanish, French, Italian and Russian texts write short, and how it is spoken."""

from dataclasses import dataclass

# The forms of a noun behind a number: one of it with its number word, a few (Russian), many.
Forms = tuple[str, ...]


@dataclass(frozen=True)
class Wording:
    """How a language speaks of numbers.

    Args:
        comma: The decimal sign.
        minus: The sign of a negative number.
        to: Between the ends of a range.
        over: Between the parts of a fraction without a name of its own.
        hour: Behind the hour.
        hours: Hours that are read in a way of their own, with what is behind them.
        no_minutes: Behind a full hour.
        dot: The sign in an address of the net.
        months: Names of the months in a date.
        fractions: Names of 1/2, 1/3, 2/3, 1/4, 3/4.
        units: Forms by what is written behind a number.
        money: Forms of a currency, and what stands before and behind its hundredths.
        signs: Words of signs that nothing else has read.
        abbreviations: Words by what is written for them, the full stop with it.
    """

    comma: str
    minus: str
    to: str
    over: str
    hour: str
    hours: dict[int, str]
    no_minutes: str
    dot: str
    months: tuple[str, ...]
    fractions: tuple[str, ...]
    units: dict[str, Forms]
    money: dict[str, tuple[Forms, str]]
    signs: dict[str, str]
    abbreviations: dict[str, str]


_SIGNS = "€ $ £ ₽ ¥ % ‰ & + = @ ° № / × * # § < > ± ÷ _ ~ ² ³ \\ µ".split()
_UNITS = "km m cm mm kg g l ml km/h m/s °C km² m² °".split()
_MONEY = ("€", "$", "£", "₽")


def _signs(*words: str) -> dict[str, str]:
    return dict(zip(_SIGNS, words, strict=True))


def _units(ones: str, *manies: str) -> dict[str, Forms]:
    """Pair the forms of each unit, lists of words between commas."""
    columns = [[word.strip() for word in column.split(",")] for column in (ones, *manies)]
    return dict(zip(_UNITS, zip(*columns, strict=True), strict=True))


def _money(between: str, *forms: Forms) -> dict[str, tuple[Forms, str]]:
    return {sign: (form, between) for sign, form in zip(_MONEY, forms, strict=True)}


GERMAN = Wording(
    "Komma", "minus", "bis", "durch", "Uhr", {1: "ein Uhr"}, "", "Punkt",
    tuple("Januar Februar März April Mai Juni Juli August September Oktober November "
          "Dezember".split()),
    ("ein halb", "ein Drittel", "zwei Drittel", "ein Viertel", "drei Viertel"),
    _units(
        "ein Kilometer, ein Meter, ein Zentimeter, ein Millimeter, ein Kilogramm, ein Gramm, "
        "ein Liter, ein Milliliter, ein Kilometer pro Stunde, ein Meter pro Sekunde, "
        "ein Grad Celsius, ein Quadratkilometer, ein Quadratmeter, ein Grad",
        "Kilometer, Meter, Zentimeter, Millimeter, Kilogramm, Gramm, Liter, Milliliter, "
        "Kilometer pro Stunde, Meter pro Sekunde, Grad Celsius, Quadratkilometer, Quadratmeter, "
        "Grad",
    ),
    _money("", ("ein Euro", "Euro"), ("ein Dollar", "Dollar"), ("ein Pfund", "Pfund"),
           ("ein Rubel", "Rubel")),
    _signs("Euro", "Dollar", "Pfund", "Rubel", "Yen", "Prozent", "Promille", "und", "plus",
           "gleich", "at", "Grad", "Nummer", "Schrägstrich", "mal", "Stern", "Raute", "Paragraf",
           "kleiner als", "größer als", "plus minus", "geteilt durch", "Unterstrich", "ungefähr",
           "Quadrat", "hoch drei", "Backslash", "mikro"),
    {"Dr.": "Doktor", "Prof.": "Professor", "Hr.": "Herr", "Fr.": "Frau", "z.B.": "zum Beispiel",
     "z. B.": "zum Beispiel", "d.h.": "das heißt", "d. h.": "das heißt", "u.a.": "unter anderem",
     "usw.": "und so weiter", "bzw.": "beziehungsweise", "ca.": "zirka", "Nr.": "Nummer",
     "St.": "Sankt", "Mio.": "Millionen", "Mrd.": "Milliarden", "evtl.": "eventuell",
     "inkl.": "inklusive", "Tel.": "Telefon", "Abb.": "Abbildung", "vgl.": "vergleiche",
     "etc.": "et cetera", "Str.": "Straße"},
)  # fmt: skip
FRENCH = Wording(
    "virgule", "moins", "à", "sur", "heures",
    {1: "une heure", 21: "vingt et une heures"}, "", "point",
    tuple("janvier février mars avril mai juin juillet août septembre octobre novembre "
          "décembre".split()),
    ("un demi", "un tiers", "deux tiers", "un quart", "trois quarts"),
    _units(
        "un kilomètre, un mètre, un centimètre, un millimètre, un kilogramme, un gramme, "
        "un litre, un millilitre, un kilomètre par heure, un mètre par seconde, "
        "un degré Celsius, un kilomètre carré, un mètre carré, un degré",
        "kilomètres, mètres, centimètres, millimètres, kilogrammes, grammes, litres, "
        "millilitres, kilomètres par heure, mètres par seconde, degrés Celsius, "
        "kilomètres carrés, mètres carrés, degrés",
    ),
    _money("", ("un euro", "euros"), ("un dollar", "dollars"), ("une livre", "livres"),
           ("un rouble", "roubles")),
    _signs("euros", "dollars", "livres", "roubles", "yens", "pour cent", "pour mille", "et",
           "plus", "égale", "arobase", "degrés", "numéro", "barre", "fois", "astérisque", "dièse",
           "paragraphe", "inférieur à", "supérieur à", "plus ou moins", "divisé par", "tiret bas",
           "environ", "au carré", "au cube", "barre oblique inverse", "micro"),
    {"M.": "Monsieur", "MM.": "Messieurs", "Mme": "Madame", "Mlle": "Mademoiselle",
     "Dr": "Docteur", "Dr.": "Docteur", "Pr": "Professeur", "etc.": "et cetera", "n°": "numéro",
     "N°": "numéro", "p. ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "av.": "avenue",
     "Mio": "millions"},
)  # fmt: skip
SPANISH = Wording(
    "coma", "menos", "a", "sobre", "", {1: "una", 21: "veintiuna"}, "", "punto",
    tuple("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
          "diciembre".split()),
    ("un medio", "un tercio", "dos tercios", "un cuarto", "tres cuartos"),
    _units(
        "un kilómetro, un metro, un centímetro, un milímetro, un kilogramo, un gramo, un litro, "
        "un mililitro, un kilómetro por hora, un metro por segundo, un grado Celsius, "
        "un kilómetro cuadrado, un metro cuadrado, un grado",
        "kilómetros, metros, centímetros, milímetros, kilogramos, gramos, litros, mililitros, "
        "kilómetros por hora, metros por segundo, grados Celsius, kilómetros cuadrados, "
        "metros cuadrados, grados",
    ),
    _money("con", ("un euro", "euros"), ("un dólar", "dólares"), ("una libra", "libras"),
           ("un rublo", "rublos")),
    _signs("euros", "dólares", "libras", "rublos", "yenes", "por ciento", "por mil", "y", "más",
           "igual a", "arroba", "grados", "número", "barra", "por", "asterisco", "almohadilla",
           "párrafo", "menor que", "mayor que", "más o menos", "dividido por", "guion bajo",
           "aproximadamente", "al cuadrado", "al cubo", "barra invertida", "micro"),
    {"Sr.": "Señor", "Sra.": "Señora", "Srta.": "Señorita", "Dr.": "Doctor", "Dra.": "Doctora",
     "D.": "Don", "Ud.": "usted", "Uds.": "ustedes", "etc.": "etcétera", "p. ej.": "por ejemplo",
     "p.ej.": "por ejemplo", "n.º": "número", "nº": "número", "EE.UU.": "Estados Unidos",
     "EE. UU.": "Estados Unidos", "pág.": "página", "tel.": "teléfono"},
)  # fmt: skip
ITALIAN = Wording(
    "virgola", "meno", "a", "fratto", "", {1: "una"}, "", "punto",
    tuple("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
          "dicembre".split()),
    ("un mezzo", "un terzo", "due terzi", "un quarto", "tre quarti"),
    _units(
        "un chilometro, un metro, un centimetro, un millimetro, un chilogrammo, un grammo, "
        "un litro, un millilitro, un chilometro all'ora, un metro al secondo, un grado Celsius, "
        "un chilometro quadrato, un metro quadrato, un grado",
        "chilometri, metri, centimetri, millimetri, chilogrammi, grammi, litri, millilitri, "
        "chilometri all'ora, metri al secondo, gradi Celsius, chilometri quadrati, "
        "metri quadrati, gradi",
    ),
    _money("e", ("un euro", "euro"), ("un dollaro", "dollari"), ("una sterlina", "sterline"),
           ("un rublo", "rubli")),
    _signs("euro", "dollari", "sterline", "rubli", "yen", "per cento", "per mille", "e", "più",
           "uguale", "chiocciola", "gradi", "numero", "barra", "per", "asterisco", "cancelletto",
           "paragrafo", "minore di", "maggiore di", "più o meno", "diviso", "trattino basso",
           "circa", "al quadrato", "al cubo", "barra rovesciata", "micro"),
    {"sig.": "signor", "Sig.": "Signor", "sig.ra": "signora", "Sig.ra": "Signora",
     "dott.": "dottor", "Dott.": "Dottor", "dott.ssa": "dottoressa", "prof.": "professor",
     "Prof.": "Professor", "ecc.": "eccetera", "es.": "esempio", "pag.": "pagina",
     "tel.": "telefono", "mln": "milioni", "n°": "numero"},
)  # fmt: skip
RUSSIAN = Wording(
    "", "минус", "—", "дробь", "", {}, "ноль ноль", "точка",
    tuple("января февраля марта апреля мая июня июля августа сентября октября ноября "
          "декабря".split()),
    ("одна вторая", "одна третья", "две третьих", "одна четвёртая", "три четвёртых"),
    _units(
        "один километр, один метр, один сантиметр, один миллиметр, один килограмм, один грамм, "
        "один литр, один миллилитр, один километр в час, один метр в секунду, "
        "один градус Цельсия, один квадратный километр, один квадратный метр, один градус",
        "километра, метра, сантиметра, миллиметра, килограмма, грамма, литра, миллилитра, "
        "километра в час, метра в секунду, градуса Цельсия, квадратных километра, "
        "квадратных метра, градуса",
        "километров, метров, сантиметров, миллиметров, килограммов, граммов, литров, "
        "миллилитров, километров в час, метров в секунду, градусов Цельсия, "
        "квадратных километров, квадратных метров, градусов",
    ),
    _money("", ("один евро", "евро", "евро"), ("один доллар", "доллара", "долларов"),
           ("один фунт", "фунта", "фунтов"), ("один рубль", "рубля", "рублей")),
    _signs("евро", "долларов", "фунтов", "рублей", "иен", "процентов", "промилле", "и", "плюс",
           "равно", "собака", "градусов", "номер", "дробь", "умножить на", "звёздочка",
           "решётка", "параграф", "меньше", "больше", "плюс минус", "разделить на",
           "подчёркивание", "примерно", "в квадрате", "в кубе", "обратная косая черта", "микро"),
    {"т.д.": "так далее", "т. д.": "так далее", "т.п.": "тому подобное",
     "т. п.": "тому подобное", "т.е.": "то есть", "т. е.": "то есть", "др.": "другие",
     "ул.": "улица", "млн": "миллионов", "млрд": "миллиардов", "тыс.": "тысяч", "см.": "смотри",
     "тел.": "телефон", "г-н": "господин", "г-жа": "госпожа"},
)  # fmt: skip
# Russian writes its units and its money in its own letters too.
for _own, _sign in dict(км="km", м="m", см="cm", мм="mm", кг="kg", г="g", л="l", мл="ml").items():
    RUSSIAN.units[_own] = RUSSIAN.units[_sign]
RUSSIAN.units.update({"км/ч": RUSSIAN.units["km/h"], "м/с": RUSSIAN.units["m/s"]})
RUSSIAN.money["руб."] = RUSSIAN.money["руб"] = RUSSIAN.money["₽"]

WORDINGS = {"de": GERMAN, "es": SPANISH, "fr": FRENCH, "it": ITALIAN, "ru": RUSSIAN}
for _wording in WORDINGS.values():
    _wording.money.update(EUR=_wording.money["€"], USD=_wording.money["$"])
SIGNS = frozenset(_SIGNS)
# Abbreviations that may end a sentence.
ENDING = frozenset(["usw.", "etc.", "ecc.", "т.д.", "т. д.", "т.п.", "т. п."])
