"""The families of models, and the base class that trains them all.

- `adversarial`: `AdversarialModel`; `adversarial_step` is what one step of it does.
- `optimizers`, `critic_batches`, `gradient_accumulation`: parts of that step.
- `rmsprop`: RMSprop as other frameworks compute it; `schedules`: how learning rates fall.
- `segan`: speech enhancement; `segan_variants` and what it names are the networks.
- `wavegan`, `specgan`: sound generation, on waveforms or spectra, with their networks beside them;
  `sound_gan`, `label_conditioning` and `augmentation` are what they share.
"""

import tfgan_audio.models.schedules  # noqa: F401  saved optimizers of every family may have one
