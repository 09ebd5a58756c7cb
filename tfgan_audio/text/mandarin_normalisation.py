"""Written Mandarin to characters that are spoken: numbers, dates, times, money, units."""

import re

from tfgan_audio.errors import InputError
from tfgan_audio.text.rules import compiled, either, rewrite

_DIGITS = "零一二三四五六七八九"
_MONEY = {
    "¥": "元", "￥": "元", "$": "美元", "US$": "美元", "€": "欧元", "£": "英镑", "₽": "卢布",
    "₩": "韩元", "HK$": "港元", "₹": "卢比",
}  # fmt: skip
_UNITS = {
    "km": "公里", "m": "米", "cm": "厘米", "mm": "毫米", "kg": "公斤", "g": "克", "mg": "毫克",
    "t": "吨", "L": "升", "l": "升", "ml": "毫升", "mL": "毫升", "m²": "平方米", "m2": "平方米",
    "km²": "平方公里", "m³": "立方米", "m3": "立方米", "Hz": "赫兹", "kHz": "千赫", "MHz": "兆赫",
    "W": "瓦",
    "kW": "千瓦", "V": "伏", "kWh": "千瓦时", "dB": "分贝", "s": "秒", "ms": "毫秒", "min": "分钟",
    "h": "小时", "m/s": "米每秒", "℃": "摄氏度", "°C": "摄氏度", "°F": "华氏度", "°": "度",
}  # fmt: skip
SYMBOLS = {
    "+": "加", "=": "等于", "×": "乘以", "÷": "除以", "%": "百分号", "‰": "千分号", "&": "和",
    "@": "艾特", "#": "井号", "*": "星号", "/": "斜杠", "\\": "反斜杠", "_": "下划线", "<": "小于",
    ">": "大于", "≤": "小于等于", "≥": "大于等于", "≈": "约等于", "≠": "不等于", "±": "正负",
    "−": "负", "~": "到", "～": "到", "→": "到", "℃": "摄氏度", "°": "度", "㎡": "平方米",
    "^": "脱字符", "|": "竖线", "√": "根号", "∞": "无穷大", "§": "章节", "©": "版权", "®": "注册",
    "™": "商标", "²": "平方", "³": "立方", "½": "二分之一", "¼": "四分之一", "¾": "四分之三",
    "µ": "微",
} | {sign: word for sign, word in _MONEY.items() if len(sign) == 1}  # fmt: skip

# Units in Latin letters behind a number.
UNIT = re.compile(rf"(?<=\d)\s?(?:km/h|{either(_UNITS)})(?![A-Za-z0-9²³/])")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_SIGN = r"(?<![\dA-Za-z）)年月日号点分百千万亿])[-−]"
# What is counted with 两, not 二.
_COUNTED = (
    "个位只条张本杯件家块份次天年分秒倍台辆间名场口头种双对把封首部篇层瓶碗斤吨米元章点"
    "半百千万亿片颗朵座座群排届枚匹"
)


def number(text: str) -> str:
    """Read a number as written, with thousands separators and decimals.

    Example:
        >>> number("10005"), number("2,200"), number("3.14"), number("007")
        ('一万零五', '两千二百', '三点一四', '零零七')
    """
    whole, _, fraction = text.replace(",", "").partition(".")
    if len(whole) > 16 or (len(whole) > 1 and whole[0] == "0"):
        words = digits(whole)
    else:
        words = re.sub("(?<!十)二(?=[千万亿])", "两", _whole(whole))
    return f"{words}点{digits(fraction)}" if fraction else words


def digits(text: str, one: str = "一") -> str:
    """Read digits one by one; telephone numbers say 幺 for one.

    Example:
        >>> digits("1203"), digits("110", one="幺")
        ('一二零三', '幺幺零')
    """
    return "".join(_DIGITS[int(digit)] for digit in text).replace("一", one)


def normalise(text: str) -> str:
    """Write Mandarin out as it is spoken.

    Args:
        text: A clean text.

    Returns:
        The text without digits and symbols; words in Latin letters stay.

    Example:
        >>> normalise("2024年3月5日,花了¥12.50,涨了3%。")
        '二零二四年三月五日,花了十二点五元,涨了百分之三。'
    """
    return rewrite(text, _RULES)


def _whole(text: str) -> str:
    """Read a whole number."""
    try:
        from cn2an import an2cn
    except ImportError as error:
        raise InputError(
            "Mandarin numbers", "no cn2an", "pip install tfgan_audio[speech]"
        ) from error
    return an2cn(text, "low")


def _date(found: re.Match[str]) -> str:
    """Read "2024-03-05"."""
    month, day = int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"{digits(found[1])}年{number(str(month))}月{number(str(day))}日"


def _time(found: re.Match[str]) -> str:
    """Read "15:30" and "9:05:30"."""
    hour, minute, second = found[1], found[2], found[3]
    if int(hour) > 24 or int(minute) > 59:
        return f"{number(hour)}比{number(minute)}"
    words = f"{'两' if int(hour) == 2 else number(str(int(hour)))}点"
    if int(minute) or second:
        words += f"{'零' if minute[0] == '0' else ''}{number(str(int(minute)))}分"
    return words + (f"{number(str(int(second)))}秒" if second else "")


def _money(found: re.Match[str]) -> str:
    """Read an amount with its sign before it: "¥3.5万"."""
    amount = re.sub(r"\.0+$|(?<=\.\d)0$", "", found["amount"])
    words = "两" if amount == "2" else number(amount)
    return ("负" if found["sign"] else "") + words + found["scale"] + _MONEY[found["currency"]]


def _degrees(found: re.Match[str]) -> str:
    """Read a temperature; below zero it is 零下."""
    return f"{'零下' if found[1] else ''}{number(found[2])}{_UNITS[found[3]]}"


def _share(found: re.Match[str]) -> str:
    """Read percent and per mille."""
    whole = "百" if found[3] == "%" else "千"
    return f"{'负' if found[1] else ''}{whole}分之{number(found[2])}"


def _counted(found: re.Match[str]) -> str:
    """Read a number before what is counted: 2个 is 两个, 12个 is 十二个."""
    return "两" if found[0] == "2" else number(found[0])


def _digits(found: re.Match[str]) -> str:
    """Read a telephone, room or line number."""
    return digits(re.sub(r"\D", "", found[0]), one="幺")


_RULES = compiled(
    (r"(?<![\d/.-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d/.-])日?", _date),
    (
        r"(?<!\d)(\d{4}|\d{2}(?=年(?!代)))(?=年(?!级|前|后|来|间|多|以))",
        lambda m: digits(m[1]),
    ),
    (r"(?<!\d)(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?(?!\d)", _time),
    (r"(?<![\d.])(\d+)[:：](\d+)(?![\d.])", lambda m: f"{number(m[1])}比{number(m[2])}"),
    (r"(?<![\d.])\+?(?:86[ -])?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)", _digits),
    (r"(?<![\d.])(?:0\d{2,3}-\d{7,8}|[48]00-\d{3,4}-?\d{3,4})(?!\d)", _digits),
    (r"(?<=拨打)\d{3,}|(?<=电话)[是:：]?\d{3,}|(?<=报警)\d{3}", _digits),
    (r"(?<![\d.])\d{3,4}(?=号?房|室|路公|路车|次列车|次航班|次高铁)", _digits),
    (
        rf"(?P<sign>{_SIGN})?(?P<currency>{either(_MONEY)})\s?"
        rf"(?P<amount>{_NUMBER})(?P<scale>[百千万亿]*)元?",
        _money,
    ),
    (rf"({_SIGN})?({_NUMBER})\s?(℃|°C|°F)", _degrees),
    (
        rf"({_NUMBER})%\s?[-–—~～至到]\s?({_NUMBER})%",
        lambda m: f"百分之{number(m[1])}到百分之{number(m[2])}",
    ),
    (rf"({_SIGN})?({_NUMBER})([%‰])", _share),
    (rf"({_NUMBER})\s?km/h", lambda m: f"每小时{number(m[1])}公里"),
    (rf"({_NUMBER})\s?[-–—~～]\s?(?={_NUMBER})", lambda m: f"{number(m[1])}到"),
    (r"(?<![\d/.])(\d+)/(\d+)(?![\d/.])", lambda m: f"{number(m[2])}分之{number(m[1])}"),
    (rf"(?<=\d)\s?({either(_UNITS)})(?![A-Za-z0-9²³/])", lambda m: _UNITS[m[1]]),
    (r"(?<=第)\d+", lambda m: number(m[0])),
    (rf"(?<![\d.]){_NUMBER}(?=[{_COUNTED}](?!月)|公[里斤]|小时|岁)", _counted),
    (rf"{_SIGN}(?={_NUMBER})", "负"),
    (r"(?<=\d)\s?-\s?(?=\d)", "减"),
    (r"(?<![\d.])\d{9,}(?![\d.亿万])", lambda m: digits(m[0])),
    (_NUMBER, lambda m: number(m[0])),
    (f"[{re.escape(''.join(SYMBOLS))}]", lambda m: SYMBOLS[m[0]]),
)
