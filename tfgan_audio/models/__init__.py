"""The families of models, and the base class that trains them all.

- `adversarial`: `AdversarialModel`; `adversarial_step` is what one step of it does.
- `optimizers`, `critic_batches`, `randomness`: parts of that step.
- `segan`: speech enhancement.
"""
