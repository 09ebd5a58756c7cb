"""Speaking: sentence by sentence, as SSML wants it, with a vocoder of the same mels only."""

import dataclasses

import numpy as np
import pytest
from made_speaker import DESCRIPTION, FRAMES, TABLE, Recorder, make_speaker, mel_of
from made_vocoder import FEATURES, make_vocoder

import tfgan_audio as tga
from tfgan_audio.controls import energy_per_db
from tfgan_audio.serving.speaker import Manner, Speaker
from tfgan_audio.text import SymbolTable, analyze

RATE = FEATURES.sample_rate_hz


def sound_of(asked: dict[str, np.ndarray]) -> np.ndarray:
    """What the vocoder makes of one sentence by itself."""
    return make_vocoder().vocode(mel_of(asked)[0].astype(np.float32), quiet_ends=True)


def test_sentences_are_spoken_one_by_one_with_silence_between() -> None:
    speaker, recorder = make_speaker()
    found = speaker.speak("One two. Three!", make_vocoder())
    for asked, text in zip(recorder.asked, ["One two.", "Three!"], strict=True):
        assert asked["symbols"].tolist() == [TABLE.encode(analyze(text).symbols)]
    first, second = map(sound_of, recorder.asked)
    silence = np.zeros(round(0.25 * RATE), np.float32)
    np.testing.assert_array_equal(found, np.concatenate([first, silence, second]))


def test_sound_comes_before_the_text_behind_it_is_read() -> None:
    speaker, recorder = make_speaker()
    chunks = speaker.speak_chunks("One. " * 40 + "สวัสดี", make_vocoder())
    assert len(next(chunks)) and len(recorder.asked) == 1
    with pytest.raises(tga.InputError, match="thai"):
        list(chunks)
    assert len(recorder.asked) == 40


def test_long_sentences_come_in_parts() -> None:
    speaker, recorder = make_speaker()
    text = "a very long sentence indeed that goes on and on"
    chunks = list(speaker.speak_chunks(text, make_vocoder()))
    assert len(chunks) > 1
    np.testing.assert_array_equal(np.concatenate(chunks), sound_of(recorder.asked[0]))


def test_ssml_reaches_the_model() -> None:
    speaker, recorder = make_speaker()
    found = speaker.speak(
        "<speak>Go <prosody rate='50%' pitch='+6st'>slow</prosody>.<break time='1s'/>"
        "<voice name='bob'>Yes.</voice><break time='500ms'/></speak>",
        make_vocoder(), speaker="amy", pace=2.0, pitch_semitones=-12.0,
    )  # fmt: skip
    go, yes = recorder.asked
    num_go, num_slow = (len(token.phonemes) + 1 for token in analyze("Go slow.").tokens)
    assert go["pace"][0].tolist() == [2.0] * num_go + [1.0] * num_slow
    assert go["pitch_shift"][0].tolist() == [-1.0] * num_go + [-0.5] * num_slow
    assert go["speaker"].tolist() == [[1.0, 0.0]] and yes["speaker"].tolist() == [[0.0, 1.0]]
    pauses = [np.zeros(RATE, np.float32), np.zeros(RATE // 2, np.float32)]
    expected = [sound_of(go), pauses[0], sound_of(yes), pauses[1]]
    np.testing.assert_array_equal(found, np.concatenate(expected))
    assert mel_of(go)[1].tolist() == [FRAMES // 2] * num_go + [FRAMES] * num_slow


def test_conditions_are_mixed() -> None:
    speaker, recorder = make_speaker()
    speaker.speak(
        "Yes.", make_vocoder(), speaker={"amy": 0.3, "bob": 0.9}, style="angry", energy_db=6.0
    )
    (asked,) = recorder.asked
    np.testing.assert_allclose(asked["speaker"], [[0.25, 0.75]])
    assert asked["style"].tolist() == [[0.0, 1.0]]
    np.testing.assert_allclose(asked["energy_shift"], 6 * energy_per_db(FEATURES), rtol=1e-6)
    assert set(asked["languages"][0]) == {1}


def test_words_have_the_language_they_are_in() -> None:
    symbols = tuple(SymbolTable.of_languages(["en", "zh"]).get_config())
    languages = ("zh", "en")
    description = dataclasses.replace(DESCRIPTION, symbols=symbols, languages=languages)
    speaker = Speaker(Recorder(), description)
    (sentence,) = speaker.sentences("Hi 世界")
    tokens = analyze("Hi 世界", "zh").tokens
    assert [token.language for token in tokens] == ["en", "zh"]
    numbers = [{"zh": 1, "en": 2}[t.language] for t in tokens for _ in (*t.phonemes, t.mark)]
    assert sentence.inputs["languages"][0].tolist() == numbers


def test_sounds_that_the_model_lacks_are_named() -> None:
    speaker, recorder = make_speaker()
    expected = (
        r"^text: got '世界' \(zh\) with the sounds .*ʂ.*, expected words of en, zh, whose sounds"
    )
    with pytest.raises(tga.InputError, match=expected):
        speaker.speak("Hello 世界", make_vocoder())
    assert recorder.asked == []


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "text: got nothing, expected words"),
        ("Hi", {"speaker": "bobby"}, "bobby: got an unknown speaker, expected bob"),
        ("Hi", {"speaker": {"amy": 0.0}}, "weights"),
        ("Hi", {"style": "glad"}, "unknown style"),
        ("Hi", {"language": "de"}, "de: got an unknown language, expected one of en, zh"),
        ("Hi", {"pace": 0.0}, "pace: got .*, expected 0.1 to 10"),
        ("<speak><voice name='eve'>Hi</voice></speak>", {}, "eve: got an unknown speaker"),
        ("<speak>Hi", {}, "SSML: got no element"),
    ],
)
def test_bad_requests_are_one_line(text: str, options: dict, words: str) -> None:
    speaker, _ = make_speaker()
    with pytest.raises(tga.InputError, match=words):
        speaker.speak(text, make_vocoder(), **options)


def test_a_vocoder_of_other_mels_is_refused_with_both_definitions() -> None:
    speaker, recorder = make_speaker()
    other = dataclasses.replace(FEATURES, hop_samples=32, fmax_hz=3000.0)
    with pytest.raises(tga.InputError) as error:
        speaker.speak_chunks("Hi", make_vocoder(other))
    assert str(error.value) == (
        f"vocoder: got mels of hop_samples 32, fmax_hz 3000.0 (fingerprint {other.fingerprint()}), "
        "expected those of the acoustic model: hop_samples 64, fmax_hz None "
        f"(fingerprint {FEATURES.fingerprint()})"
    )
    same = dataclasses.replace(FEATURES, fmax_hz=4000.0)  # half the rate, written out
    assert len(speaker.speak("Hi", make_vocoder(same)))
    for vocoder in (None, "voice.keras", speaker):
        with pytest.raises(tga.InputError, match="^vocoder: got"):
            speaker.speak("Hi", vocoder)


def test_a_book_without_full_stops_is_spoken() -> None:
    speaker, recorder = make_speaker()
    samples = sum(map(len, speaker.speak_chunks("word " * 2000, make_vocoder(), pace=10.0)))
    assert samples > 2000 * FEATURES.hop_samples
    assert max(asked["symbols"].shape[1] for asked in recorder.asked) < 400


def test_sentences_can_be_looked_at_before() -> None:
    speaker, _ = make_speaker()
    sentences = list(speaker.sentences("It's 5 pm. Go!", Manner(pace=2.0)))
    assert [sentence.spoken for sentence in sentences] == ["It's five PM.", "Go!"]
    assert [sentence.pause_seconds for sentence in sentences] == [0.125, 0.125]
    mel, durations = speaker.read(sentences[1].inputs)
    assert len(mel) == durations.sum() and len(durations) == sentences[1].inputs["symbols"].size


def test_speed_is_the_time_for_a_second_of_speech() -> None:
    from tfgan_audio.serving.speed import measured_speed

    speaker, recorder = make_speaker()
    figures = measured_speed(speaker)
    mel, _ = mel_of(recorder.asked[0])
    seconds = figures["steady_call_ms"] / 1000 / figures["real_time_factor"]
    assert seconds == pytest.approx(len(mel) * FEATURES.hop_samples / RATE)
