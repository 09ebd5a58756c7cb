"""Words that English text writes short: titles, abbreviations, units, money, symbols."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
MONTHS_SHORT = {name[:3]: name for name in MONTHS} | {"Sept": "September"}
DAYS_SHORT = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip

# Before a name; the full stop behind them ends no sentence.
TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor",
    "Rev": "Reverend", "Hon": "Honorable", "Gov": "Governor", "Sen": "Senator",
    "Rep": "Representative", "Gen": "General", "Col": "Colonel", "Capt": "Captain",
    "Lt": "Lieutenant", "Sgt": "Sergeant", "St": "Saint", "Mt": "Mount", "Ft": "Fort",
}  # fmt: skip
# Behind a name or a number.
ADDRESS = {
    "St": "Street", "Dr": "Drive", "Ave": "Avenue", "Rd": "Road", "Blvd": "Boulevard",
    "Ln": "Lane", "Hwy": "Highway", "Apt": "apartment",
}  # fmt: skip
# With their full stop, which may end a sentence too.
ABBREVIATIONS = {
    "etc": "et cetera", "e.g": "for example", "i.e": "that is", "approx": "approximately",
    "vs": "versus", "Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated", "Ltd": "Limited",
    "Corp": "Corporation", "Co": "Company", "Bros": "Brothers", "dept": "department",
    "Dept": "Department", "est": "established", "misc": "miscellaneous", "max": "maximum",
    "min": "minimum", "avg": "average", "tel": "telephone", "Tel": "telephone", "ext": "extension",
    "hrs": "hours", "hr": "hour", "mins": "minutes", "secs": "seconds", "yrs": "years",
    "Assn": "Association", "Univ": "University", "cf": "compare", "al": "al", "ca": "circa",
}  # fmt: skip
# Before a number.
NUMBERED = {
    "No": "number", "no": "number", "Nos": "numbers", "Fig": "figure", "fig": "figure",
    "Vol": "volume", "vol": "volume", "p": "page", "pp": "pages", "Ch": "chapter",
    "ch": "chapter", "Sec": "section", "Eq": "equation", "Rm": "room",
}  # fmt: skip

# Behind a number: one, several.
UNITS = {
    "km": ("kilometer", "kilometers"), "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"), "mi": ("mile", "miles"), "yd": ("yard", "yards"),
    "ft": ("foot", "feet"), "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"), "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"), "l": ("liter", "liters"), "L": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"), "mL": ("milliliter", "milliliters"),
    "ha": ("hectare", "hectares"), "mph": ("mile per hour", "miles per hour"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"), "h": ("hour", "hours"),
    "hr": ("hour", "hours"), "hrs": ("hour", "hours"), "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"), "sec": ("second", "seconds"), "s": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"), "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"), "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"), "TB": ("terabyte", "terabytes"),
    "Mbps": ("megabit per second", "megabits per second"), "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"), "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"), "W": ("watt", "watts"), "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"), "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"), "dB": ("decibel", "decibels"), "kJ": ("kilojoule", "kilojoules"),
    "kcal": ("kilocalorie", "kilocalories"), "hPa": ("hectopascal", "hectopascals"),
    "°C": ("degree Celsius", "degrees Celsius"), "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"), "%": ("percent", "percent"), "‰": ("per mille", "per mille"),
    "m²": ("square meter", "square meters"), "m³": ("cubic meter", "cubic meters"),
    "cm²": ("square centimeter", "square centimeters"),
    "cm³": ("cubic centimeter", "cubic centimeters"),
    "mm²": ("square millimeter", "square millimeters"),
    "gal": ("gallon", "gallons"), "m/s²": ("meter per second squared", "meters per second squared"),
    "km²": ("square kilometer", "square kilometers"),
    "m2": ("square meter", "square meters"), "m3": ("cubic meter", "cubic meters"),
    "sq ft": ("square foot", "square feet"), "¢": ("cent", "cents"),
}  # fmt: skip

# One, several, one hundredth, several hundredths.
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"), "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"), "₽": ("ruble", "rubles", "kopeck", "kopecks"),
    "₩": ("won", "won", "", ""), "RMB": ("yuan", "yuan", "fen", "fen"),
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
}  # fmt: skip
CURRENCIES |= {
    f"{sign}$": (f"{country} dollar", f"{country} dollars", "cent", "cents")
    for sign, country in {"A": "Australian", "C": "Canadian", "HK": "Hong Kong"}.items()
}
CURRENCIES |= {"US$": CURRENCIES["$"], "USD": CURRENCIES["$"], "EUR": CURRENCIES["€"]}
CURRENCIES |= {"GBP": CURRENCIES["£"], "JPY": CURRENCIES["¥"], "INR": CURRENCIES["₹"]}
SCALES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "bn": "billion",
    "b": "billion", "B": "billion", "tn": "trillion",
}  # fmt: skip

# What a symbol is called where no rule has read it before.
SYMBOLS = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "#": "hash", "*": "star", "/": "slash",
    "\\": "backslash", "_": "underscore", "^": "caret", "~": "tilde", "<": "less than",
    ">": "greater than", "|": "bar", "§": "section", "©": "copyright", "®": "registered",
    "™": "trademark", "×": "times", "÷": "divided by", "±": "plus or minus",
    "≈": "approximately equals", "≠": "does not equal", "≤": "less than or equal to",
    "≥": "greater than or equal to", "√": "square root of", "∞": "infinity", "→": "to",
    "−": "minus", "²": "squared", "³": "cubed", "µ": "micro", "•": ",",
}  # fmt: skip
SYMBOLS |= {sign: words[1] for sign, words in UNITS.items() if not sign[0].isalpha()}
SYMBOLS |= {sign: words[1] for sign, words in CURRENCIES.items() if not sign[0].isalpha()}
SIGNS = tuple(sign for sign in SYMBOLS if len(sign) == 1)

ROMAN_ORDINAL = (
    "Henry", "Louis", "Elizabeth", "Charles", "George", "Edward", "James", "William", "Richard",
    "Philip", "Napoleon", "Paul", "Pius", "Benedict", "Gregory", "Leo", "Frederick", "Catherine",
    "Alexander", "Nicholas", "Ivan", "Ferdinand", "Francis", "Ramses",
)  # fmt: skip
ROMAN_CARDINAL = (
    "Chapter", "Part", "Volume", "Book", "Act", "Scene", "War", "Section", "Phase", "Type",
    "Article", "Appendix", "Class", "Level", "Rocky",
)  # fmt: skip
FRACTIONS = {
    2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"),
    5: ("fifth", "fifths"), 6: ("sixth", "sixths"), 7: ("seventh", "sevenths"),
    8: ("eighth", "eighths"), 9: ("ninth", "ninths"), 10: ("tenth", "tenths"),
}  # fmt: skip
VULGAR_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
# Inside an address of the net.
NET_SIGNS = {
    ".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "?": "question mark",
    "=": "equals", "&": "and", "%": "percent", "#": "hash", ":": "colon", "~": "tilde", "+": "plus",
}  # fmt: skip
FILE_ENDINGS = "txt|pdf|docx?|xlsx?|csv|json|xml|html?|py|exe|zip|jpe?g|png|gif|wav|flac|mp[34]"
