"""Measures the service under load, and tunes it: `bench`. No request passes through here."""
