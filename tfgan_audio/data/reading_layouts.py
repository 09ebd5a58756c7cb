"""Where recordings, their texts, speakers and emotions lie in corpora of read speech."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tfgan_audio.audio.io import find_audio
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

# Reference: Burkhardt et al. 2005, "A database of German emotional speech".
_EMODB_TEXTS = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}
_EMODB_EMOTIONS = {
    "W": "angry", "L": "bored", "E": "disgusted", "A": "afraid", "F": "happy", "T": "sad",
    "N": "neutral",
}  # fmt: skip
_ESD_FIRST_ENGLISH = 11  # speakers 0001 to 0010 are Mandarin
_DEFAULTS = ("", "", "default", "", "neutral")
_HEADER = "path|text|speaker|language|emotion"


@dataclass(frozen=True)
class ReadText:
    """A recording and what is said in it.

    Args:
        name: Path below the folder of the corpus.
        path: Where the file is.
        text: What is said.
        speaker: Who says it.
        language: In which language, such as `en`.
        emotion: In which emotion or style.
    """

    name: str
    path: Path
    text: str
    speaker: str = "default"
    language: str = "en"
    emotion: str = "neutral"


def manifest(path: str | Path, language: str) -> list[ReadText]:
    """List what a manifest names.

    Args:
        path: Text file with lines `path|text|speaker|language|emotion`, paths relative to its
            folder; a first line of just these words is a heading. What stands behind the text may
            be left out: the speaker is then `default`, the emotion `neutral`.
        language: Of lines that name none.

    Raises:
        InputError: No such file, a line of another form, or recordings that are not there.
    """
    path, found = Path(path), []
    for number, line in enumerate(_lines(path), start=1):
        fields = [field.strip() for field in line.split("|")]
        if number == 1 and line.replace(" ", "").lower() == _HEADER[: len(line)]:
            continue
        if not 2 <= len(fields) <= len(_DEFAULTS) or not all(fields[:2]):
            raise InputError(f"{path}:{number}", f"'{line[:60]}'", f"a line {_HEADER}")
        given = [*fields, *_DEFAULTS[len(fields) :]]
        values = [value or default for value, default in zip(given, _DEFAULTS, strict=True)]
        name, text, speaker, spoken_in, emotion = values
        told = (text, speaker, spoken_in or language, emotion)
        found.append(ReadText(name, path.parent / name, *told))
    return _all_there(found, path)


def ljspeech(root_dir: str | Path, language: str) -> list[ReadText]:
    """List the LJ Speech corpus.

    Args:
        root_dir: Folder that holds `metadata.csv`, lines `name|text|text written out`, and `wavs`.
        language: Of the texts.

    Raises:
        InputError: No list, a line of another form, or recordings that are not there.

    Reference:
        Ito and Johnson 2017, https://keithito.com/LJ-Speech-Dataset.
    """
    path, found = Path(root_dir, "metadata.csv"), []
    for number, line in enumerate(_lines(path), start=1):
        name, _, texts = line.partition("|")
        text = texts.rpartition("|")[2].strip() or texts.partition("|")[0].strip()
        if not name or not text:
            raise InputError(f"{path}:{number}", f"'{line[:60]}'", "a line name|text|text")
        file = Path(root_dir, "wavs", f"{name}.wav")
        found.append(ReadText(f"wavs/{name}.wav", file, text, language=language))
    return _all_there(found, path)


def baker(root_dir: str | Path) -> list[ReadText]:
    """List the corpus of Databaker (CSMSC).

    Args:
        root_dir: Folder that holds `Wave` and `ProsodyLabeling/*.txt`: a line with the number of a
            recording and its text, `#1` to `#4` for breaks, then one with its pinyin.

    Raises:
        InputError: No texts, or recordings that are not there.
    """
    folder = Path(root_dir, "ProsodyLabeling")
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise InputError(folder, "no .txt file in it", "the texts of the corpus")
    found = []
    for line in _lines(paths[0]):
        number, _, text = line.partition("\t")
        if number.strip().isdigit():
            name = f"Wave/{number.strip()}.wav"
            text = re.sub(r"#\d", "", text).strip()
            found.append(ReadText(name, Path(root_dir, name), text, language="zh"))
    return _all_there(found, paths[0])


def aishell3(root_dir: str | Path) -> list[ReadText]:
    """List the AISHELL-3 corpus.

    Args:
        root_dir: Folder that holds `train` and `test`, one of them at least, each with `wav` and
            `content.txt`: file names with characters and pinyin in turn.

    Raises:
        InputError: No list, or recordings that are not there.

    Reference:
        Shi et al. 2020, arXiv:2010.11567.
    """
    lists = [
        path
        for part in ("train", "test")
        if (path := Path(root_dir, part, "content.txt")).is_file()
    ]
    if not lists:
        raise InputError(root_dir, "no train/content.txt", "the folder of the AISHELL-3 corpus")
    found = []
    for path in lists:
        for line in _lines(path):
            file, _, content = line.partition("\t")
            speaker = file[:7]
            name = f"{path.parent.name}/wav/{speaker}/{file}"
            text = "".join(content.split()[::2])
            found.append(ReadText(name, Path(root_dir, name), text, speaker, "zh"))
    return _all_there(found, lists[0])


def esd(root_dir: str | Path) -> list[ReadText]:
    """List the Emotional Speech Dataset.

    Args:
        root_dir: Folder that holds `0001` to `0020`, some of them, each with `0001.txt`, lines of
            name, text and emotion between tabs, and with the recordings at any depth. Speakers up
            to `0010` speak Mandarin, the others English.

    Raises:
        InputError: No speaker, a line of another form, or recordings that are not there.

    Reference:
        Zhou et al. 2021, arXiv:2010.14794.
    """
    folders = [folder for folder in sorted(Path(root_dir).glob("[0-9]" * 4)) if folder.is_dir()]
    if not folders:
        raise InputError(root_dir, "no folder such as 0011", "the folder of the corpus ESD")
    found = []
    for folder in folders:
        files = {path.stem: path for path in find_audio(folder)}
        path, language = folder / f"{folder.name}.txt", "zh"
        if int(folder.name) >= _ESD_FIRST_ENGLISH:
            language = "en"
        for number, line in enumerate(_lines(path), start=1):
            fields = [field.strip() for field in line.split("\t")]
            if len(fields) != 3:
                raise InputError(f"{path}:{number}", f"'{line[:60]}'", "name, text, emotion")
            file = files.get(fields[0], folder / f"{fields[0]}.wav")
            name = file.relative_to(root_dir).as_posix()
            told = (fields[1], folder.name, language, fields[2].lower())
            found.append(ReadText(name, file, *told))
    return _all_there(found, root_dir)


def emodb(root_dir: str | Path) -> list[ReadText]:
    """List the Berlin database of emotional speech.

    Args:
        root_dir: Folder that holds `wav` with files such as `03a01Fa.wav`: speaker 03, sentence
            a01, emotion F (happiness), take a.

    Raises:
        InputError: No recordings, or names of another form.

    Reference:
        Burkhardt et al. 2005, "A database of German emotional speech".
    """
    found = []
    for path in find_audio(Path(root_dir, "wav")):
        parts = re.fullmatch(r"(\d\d)([ab]\d\d)([A-Z])[a-z]?", path.stem)
        if not parts or parts[2] not in _EMODB_TEXTS or parts[3] not in _EMODB_EMOTIONS:
            raise InputError(path, "another name", "such as 03a01Fa.wav")
        told = (_EMODB_TEXTS[parts[2]], parts[1], "de", _EMODB_EMOTIONS[parts[3]])
        found.append(ReadText(f"wav/{path.name}", path, *told))
    return found


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, without empty ones."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        seen = getattr(error, "strerror", None) or "no text in UTF-8"
        raise InputError(path, seen, "a list of recordings and their texts") from error
    yield from (line for line in text.splitlines() if line.strip())


def _all_there(texts: list[ReadText], where: object) -> list[ReadText]:
    """Refuse a list without recordings, with one twice, or with some that are not there."""
    if not texts:
        raise InputError(where, "no recording in it", "recordings and their texts")
    names = {text.name for text in texts}
    if len(names) < len(texts):
        raise InputError(where, "a recording twice", "each recording once")
    missing = [text.name for text in texts if not text.path.is_file()]
    if missing:
        seen = f"{len(missing)} of {len(texts)} recordings missing: {first_few(missing)}"
        raise InputError(where, seen, "the recordings that it lists")
    return sorted(texts, key=lambda text: text.name)
