"""What the station answers, as models: `ui/station.d.ts` is written from them, and no route says anything else."""
