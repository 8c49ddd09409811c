"""Many runs compared, and the report about them."""
