"""Code scanners behind the `CodeScanner` and `FrameScanner` ports."""
