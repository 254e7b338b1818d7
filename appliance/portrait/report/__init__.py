"""The evidence of a check as one page: pictures with what was seen drawn on them, numbers beside their limits."""
