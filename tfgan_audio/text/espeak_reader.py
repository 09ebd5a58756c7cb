"""Any language of the program espeak-ng, where it is installed; it runs as a program of its own."""

import re
import shutil
import subprocess
import unicodedata

from tfgan_audio.errors import InputError
from tfgan_audio.text.characters import MARKS
from tfgan_audio.text.utterance import Token
from tfgan_audio.text.words import words_and_marks

PROGRAM = "espeak-ng"
PREFIX = "espeak:"
_WORD = re.compile(rf"[^\s{re.escape(''.join(MARKS))}]+(?:[.,:][^\W_]+)*")
_SOUND = re.compile(r"[ˈˌ]?[^\W\d_][\u0300-\u036fːʲʰʷˠ̩̯]*(?:\u0361[^\W\d_]ː?)?")


def read(text: str, language: str) -> tuple[str, list[Token]]:
    """Analyse a text by espeak-ng.

    Args:
        text: A clean text; the program reads numbers and abbreviations itself.
        language: `espeak:` and one of the program's voices, such as `espeak:pl`.

    Returns:
        The mark before the first word, and the words.

    Raises:
        InputError: The program is not installed, has no such voice or can not read a word.
    """
    before, pairs = words_and_marks(text, _WORD)
    if not pairs:
        return before, []
    sounds = _run([word for word, _ in pairs], language.removeprefix(PREFIX))
    return before, [
        Token(word, language, phonemes, mark)
        for (word, mark), phonemes in zip(pairs, sounds, strict=True)
    ]


def _run(words: list[str], voice: str) -> list[tuple[str, ...]]:
    """Return the phonemes of each word, one word a line."""
    if shutil.which(PROGRAM) is None:
        raise InputError(f"language {PREFIX}{voice}", f"no program {PROGRAM}", "it on the PATH")
    command = [PROGRAM, "-q", "--ipa", "-v", voice, "--stdin"]
    text = "".join(f"{word}.\n\n" for word in words)
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        reason = done.stderr.strip() or f"exit code {done.returncode}"
        raise InputError(f"language {PREFIX}{voice}", reason, f"a voice of {PROGRAM} --voices")
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if len(lines) != len(words):
        raise InputError("text", f"{len(lines)} readings of {len(words)} words", "one for each")
    return [tuple(_SOUND.findall(_bare(line))) for line in lines]


def _bare(line: str) -> str:
    """Drop the notes on a change of language, such as `(en)`."""
    return unicodedata.normalize("NFD", re.sub(r"\([a-z-]+\)", "", line))
