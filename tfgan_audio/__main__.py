"""`python -m tfgan_audio` is the command `tfgan-audio`."""

from tfgan_audio.cli import main

main()
