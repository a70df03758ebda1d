"""Issues of a digest: reading them, checking them, presenting them as documents."""
