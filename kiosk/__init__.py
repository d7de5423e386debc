"""The visitor's screens: the touchscreen in the hall, and the phone page that a slip's QR opens."""
