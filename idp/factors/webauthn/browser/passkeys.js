// Uses and makes passkeys where the browser can. Loaded with `defer` from our own origin, behind the library.
(() => {
  const { SimpleWebAuthnBrowser: webauthn } = globalThis;
  if (!webauthn.browserSupportsWebAuthn()) return;

  // Tells with every form that this browser can hold a passkey, so that nobody is offered a dead button.
  const tell = () => {
    for (const each of document.querySelectorAll('form[method=post]')) {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name: 'passkeys', value: '1' });
      each.append(field);
    }
  };
  // Not by what the browser's program could do (conditional create): only a device that unlocks can keep one.
  PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then(
    (able) => able && tell(),
    () => undefined,
  );

  const form = document.querySelector('form[data-passkey]');
  if (!form) return;
  const { passkey, options, cancelled, already } = form.dataset;
  const optionsJSON = JSON.parse(options);
  const button = form.querySelector('button');
  const status = form.querySelector('[role=status]');
  for (const words of form.querySelectorAll('[data-unable]')) words.hidden = true;
  form.hidden = false;
  button.hidden = false;

  const send = (made) => {
    form.elements.credential.value = JSON.stringify(made);
    form.submit();
  };

  // The passkey in the list under the account field: waits quietly, and a press of the button takes its place.
  const waitInField = async () => {
    if (passkey !== 'get' || !document.querySelector('input[autocomplete$=webauthn]')) return;
    if (!(await webauthn.browserSupportsWebAuthnAutofill())) return;
    await webauthn.startAuthentication({ optionsJSON, useBrowserAutofill: true }).then(send, () => undefined);
  };

  let busy = false;
  const free = () => {
    busy = false;
    delete form.dataset.sent;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    status.textContent = '';
    // Either puts an end to the call that waits in the field.
    const start = passkey === 'create' ? webauthn.startRegistration : webauthn.startAuthentication;
    start({ optionsJSON }).then(send, (error) => {
      status.textContent = error.name === 'InvalidStateError' ? already : cancelled;
      free();
      return waitInField();
    });
  });
  addEventListener('pageshow', free);
  void waitInField();
})();
