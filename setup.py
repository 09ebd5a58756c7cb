"""What the package is, ships and needs; the one place of its version. Tools: pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

README = Path(__file__).with_name("README.md").read_text(encoding="utf-8")

INSTALL = [
    "tensorflow>=2.17.1",  # training, tf.data, SavedModel and TFLite conversion
    "keras>=3.12",  # the models
    "numpy>=1.26",  # signals outside the graph
    "scipy>=1.11",  # filters and alignment of metrics
    "soundfile>=0.12",  # WAV, FLAC, OGG, MP3 by libsndfile
    "soxr>=0.5",  # resampling
    'tensorflow-io>=0.37.1; python_version < "3.13"',  # decoding in the graph, where it loads
    "tensorflow-serving-api>=2.17.1",  # the messages of TensorFlow Serving
    "grpcio>=1.60",  # talking to TensorFlow Serving
    "click>=8.2",  # the command line
    "ruamel.yaml>=0.18",  # configurations in YAML 1.2, where 1e-4 is a number
    "pydantic>=2.6",  # strict types of configurations
    "matplotlib>=3.8",  # plots
    "jinja2>=3.1",  # report.html
    "tqdm>=4.66",  # progress with an ETA
    "tensorboard>=2.17",  # logs of a training; TensorFlow 2.21 no longer brings it
    "hibari-tts>=0.2.1",  # speech made offline, the embedded data of the quickstart
]
LITE = [
    "ai-edge-litert>=2.0",  # runs .tflite files: parity checks, and all that a device needs
]
EVAL = [
    "pesq>=0.0.4",  # PESQ; compiled from source, so it needs a C compiler
    "pystoi>=0.4.1",  # STOI, ESTOI
    "pyworld-prebuilt>=0.3.6",  # WORLD: pitch, envelopes; pyworld has no wheels
    "visqol-python[lattice]>=3.8",  # ViSQOL with its networks, equal to the C++ to 0.003
    "speechmos>=0.0.1.1",  # DNSMOS with its networks; it leaves the next four undeclared
    "onnxruntime>=1.17",
    "librosa>=0.10",
    "requests>=2.31",
    "tqdm>=4.66",
    "pocketsphinx>=5.0",  # recognizes English, with its models: word error rates
]
MIX = [
    "pyroomacoustics>=0.10",  # impulse responses of made rooms
]
SPEECH = [
    "pypinyin>=0.55",  # readings of Chinese characters
    "cn2an>=0.5.22",  # Chinese numbers
    "rjieba>=0.2",  # words of a Chinese sentence
    "pyworld-prebuilt>=0.3.6",  # WORLD: the pitch that the acoustic model learns
]
LANGUAGES = [
    "gruut[de,es,fr,it,ru]>=2.4",  # lexicons of these languages, 380 MB
    "num2words>=0.5.13",  # their numbers
]
TEST = [
    "gruut[fr,it]>=2.4",  # the two smallest of its lexicons
    "num2words>=0.5.13",  # the numbers of their languages
    "pytest>=8.2",
    "pytest-cov>=5.0",
    "pytest-xdist>=3.6",  # the tests of two files at a time
    "ruff>=0.6",
    "hypothesis>=6.100",  # property tests
    "librosa>=0.10",  # independent values of spectra
    "ovmsclient>=2023.1",  # a second client of the server, independent of this one
    "praatio>=6.0",  # reads TextGrids, independent of what writes them
    "setuptools>=77",  # builds the wheel that the packaging test looks into
]

setup(
    name="tfgan_audio",
    version="0.1.0",
    description="GANs for audio on TensorFlow and Keras 3: generation, speech, enhancement",
    long_description=README,
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    python_requires=">=3.10",
    # The folder configs/ becomes the package tfgan_audio.configs, so there is no copy in the tree.
    packages=[*find_packages(include=["tfgan_audio", "tfgan_audio.*"]), "tfgan_audio.configs"],
    package_dir={"tfgan_audio.configs": "configs"},
    package_data={
        "tfgan_audio.configs": ["**/*.yaml"],
        "tfgan_audio": ["weights/**/*"],
        "tfgan_audio.evaluation": ["templates/*.j2"],
    },
    include_package_data=False,
    zip_safe=False,
    install_requires=INSTALL,
    extras_require={
        "gpu": ["tensorflow[and-cuda]>=2.17.1"],
        "lite": LITE,
        "eval": EVAL,
        "mix": MIX,
        "speech": SPEECH,
        "speech-languages": SPEECH + LANGUAGES,
        "test": TEST + EVAL + LITE + MIX + SPEECH,
    },
    entry_points={"console_scripts": ["tfgan-audio = tfgan_audio.cli:main"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Programming Language :: Python :: 3",
        "Topic :: Multimedia :: Sound/Audio",
    ],
)
