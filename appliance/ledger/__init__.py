"""What the station remembers: captures, files, journal and outbox rows, durable and encrypted.

Errors
------
LedgerError(RuntimeError)
├── LedgerUnreadable        wrong key, damaged database, or one written by a newer version
├── LedgerInUse             another program has it open, and this has to be done alone
├── CaptureMissing(KeyError)      no such capture, or no such file of it
├── FileDamaged             an encrypted file fails its authentication
└── JournalBroken(ValueError)     an entry was removed or changed; names the first one
"""
