"""What all tests share: Hypothesis counts examples, never seconds, so a busy machine turns nothing red."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")
