"""Programs for developers; see README.md."""

USER_ID = "8f0e3a52-6c1d-4b7e-9a34-5d2c7b1f6e80"
API_KEY = "key-of-the-account"
TIME_ZONE = "Europe/Helsinki"
