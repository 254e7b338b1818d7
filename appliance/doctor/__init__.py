"""The examination of a whole station: every device exercised, every file checked, each failure with what to do (`station doctor`).

`machine` looks at networks, keys, clock and disk; `eyes`, `lights` and `hands` exercise camera, lamps, and what people hold and
press; `examination` runs them in order; `running` answers for a station that is in use. Texts are data (`texts.toml`).
"""
