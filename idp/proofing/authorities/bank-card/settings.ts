import { optionalAuthoritySettings } from '../settings.ts';

export const bankCardSettings = optionalAuthoritySettings;
