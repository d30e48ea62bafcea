import { optionalAuthoritySettings } from '../settings.ts';

export const faceSettings = optionalAuthoritySettings;
