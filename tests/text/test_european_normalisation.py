"""Numbers, dates, money, units and abbreviations of five languages, as their speakers read them."""

import warnings

import pytest

from tfgan_audio.text import analyze
from tfgan_audio.text.european_normalisation import normalise

READINGS = [
    ("de", "Am 3. März 2024", "Am dritten März zweitausendvierundzwanzig"),
    ("de", "der 1. Mai 1984", "der erste Mai neunzehnhundertvierundachtzig"),
    ("de", "12.05.1999", "zwölfter Mai neunzehnhundertneunundneunzig"),
    ("de", "um 15:30 Uhr, um 1 Uhr", "um fünfzehn Uhr dreißig, um ein Uhr"),
    ("de", "5,50 € und 1 €", "fünf Euro fünfzig und ein Euro"),
    ("de", "-5 °C bei 5 km/h", "minus fünf Grad Celsius bei fünf Kilometer pro Stunde"),
    ("de", "1.002 Menschen, 3,14", "eintausendzwei Menschen, drei Komma eins vier"),
    ("de", "der 1., 2. und 3. Platz", "der erste, zweite und dritte Platz"),
    ("de", "im 20. Jahrhundert", "im zwanzigsten Jahrhundert"),
    ("de", "Dr. Abel, Hauptstr. 5", "Doktor Abel, Hauptstraße fünf"),
    ("de", "z.B. ca. 20 kg", "zum Beispiel zirka zwanzig Kilogramm"),
    ("de", "Ludwig XIV. ging", "Ludwig der Vierzehnte ging"),
    ("de", "030 1234", "null drei null, eins zwei drei vier"),
    ("de", "½, 3/4 und 10-20", "ein halb, drei Viertel und zehn bis zwanzig"),
    ("de", "Es sind 5. Danke.", "Es sind fünf. Danke."),
    ("fr", "le 1er mai 2005 à 15h30", "le premier mai deux mille cinq à quinze heures trente"),
    ("fr", "à 14h, à 21h", "à quatorze heures, à vingt et une heures"),
    ("fr", "M. Roux paie 5,50 €", "Monsieur Roux paie cinq euros cinquante"),
    ("fr", "1 200 007 et -3,5", "un million deux cent mille sept et moins trois virgule cinq"),
    ("fr", "Louis XIV et François Ier", "Louis quatorze et François Ier"),
    ("fr", "la 2e fois, etc.", "la deuxième fois, et cetera."),
    ("fr", "50 % de 20 kg", "cinquante pour cent de vingt kilogrammes"),
    ("es", "el 3 de marzo de 2024", "el tres de marzo de dos mil veinticuatro"),
    ("es", "21 km, 1 kg", "veintiún kilómetros, un kilogramo"),
    ("es", "El Sr. Gil paga 5,50 €", "El Señor Gil paga cinco euros con cincuenta"),
    ("es", "1.º y 2.ª", "primero y segunda"),
    ("es", "Felipe II, siglo XX", "Felipe segundo, siglo veinte"),
    ("es", "a@b.es", "a arroba b punto es"),
    ("it", "alle 15:30", "alle quindici e trenta"),
    ("it", "il 1 maggio, 5,50 €", "il primo maggio, cinque euro e cinquanta"),
    ("it", "il sig. Rossi, n. 5, ecc.", "il signor Rossi, numero cinque, eccetera."),
    ("it", "100 km/h", "cento chilometri all'ora"),
    ("ru", "3 марта 2024 года", "третьего марта две тысячи двадцать четвёртого года"),
    ("ru", "1 руб., 2 руб., 5 ₽, 21 ₽", "один рубль, два рубля, пять рублей, двадцать один рубль"),
    ("ru", "20 кг, 100 км/ч", "двадцать килограммов, сто километров в час"),
    ("ru", "в 15:30", "в пятнадцать тридцать"),
    ("ru", "3,14 и т.д.", "три целых четырнадцать сотых и так далее."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "spoken"), READINGS)
def test_writing_out(language: str, written: str, spoken: str) -> None:
    pytest.importorskip("num2words")
    assert normalise(written, language) == spoken


@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "ru"])
def test_no_digit_is_left(language: str) -> None:
    pytest.importorskip("num2words")
    for text in ("99/99/9999", "1.2.3", "0:99", "25h", "007", "1e5", "x2y", "5²", "1,2,3", "3-4-5"):
        assert not any(char.isdigit() for char in normalise(text, language)), text


@pytest.mark.parametrize("language", ["it", "fr", "zh", "en"])
def test_a_sign_is_read_or_named(language: str) -> None:
    """What only another language has a word for is not lost without a word."""
    if language in ("it", "fr"):
        pytest.importorskip(f"gruut_lang_{language}")
    plain = len(analyze("5 6", language).symbols)
    for sign in "½§₽€$%&+=@#*/№°×÷±<>_~²³µ→©":
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            num_sounds = len(analyze(f"5 {sign} 6", language).symbols)
        lost = num_sounds <= plain and not any(sign in str(entry.message) for entry in told)
        assert not lost, sign
