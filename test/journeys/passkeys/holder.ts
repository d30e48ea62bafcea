// A citizen at a real browser whose device holds passkeys: Chromium's virtual authenticator.
import { citizen, type Browser, type Citizen } from '../citizen.ts';

export interface Holder {
  readonly who: Citizen;
  /** False: whoever is there does not unlock the device. */
  readonly unlocks: (yes: boolean) => Promise<void>;
  /** True: somebody taps as soon as the device asks. */
  readonly taps: (yes: boolean) => Promise<void>;
}

/** A citizen at a device that holds passkeys. */
export async function holder(browser: Browser, locale: Citizen['locale'], synced: boolean): Promise<Holder> {
  const who = await citizen(browser, { locale });
  const cdp = await who.page.context().newCDPSession(who.page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  return {
    who,
    async unlocks(isUserVerified) {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    async taps(enabled) {
      await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
  };
}
