import { z } from 'zod';
import { optionalAuthoritySettings } from '../settings.ts';

/** What the citizen has to do before the camera: blink; blink under changing light; several movements; move about. */
const MODELS = ['LIVENESS', 'PHOTINUS_LIVENESS', 'MULTI_ACTION', 'MOVE_ACTION'] as const;

export const faceSettings = optionalAuthoritySettings.safeExtend({
  sceneId: z
    .string()
    .min(1)
    .describe('Number of the scene made for us at the vendor: sandbox for the stand-in.'),
  model: z.enum(MODELS).describe('How liveness is shown; a picture or a film must not be able to.'),
  leastScore: z
    .number()
    .min(60)
    .max(100)
    .describe('Likeness from 0 to 100 under which a passed check is no match; 90 is one mistake in 10,000.'),
});

export type FaceSettings = z.output<typeof faceSettings>;
