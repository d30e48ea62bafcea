import { optionalAuthoritySettings } from '../settings.ts';

export const networkIdentitySettings = optionalAuthoritySettings;
