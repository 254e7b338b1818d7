"""A second copy of everything a station must not lose, on a stick or another card, that only the site's key can open.

```
capture-station-backup/STATION/      STATION: the first 16 hex digits of its key's sha256
  manifest.jws                       signed by the station: every file with size and sha256; keys and settings, sealed to the site
  ledger-SEQ.db                      the ledger as it stood at journal entry SEQ, encrypted like itself
  vault/ID.photo, ID.original        encrypted as on the station; copied once, since they never change
  rosters/PLAN.jws                   sealed as on the station
```

BackupRefused(RuntimeError)   a backup cannot be made, or must not be restored: why, and what to do
"""
