// Comfort for those who have scripts; every page works without. Loaded with `defer` from our own origin.
(() => {
  const summary = document.querySelector('.error-summary');
  if (summary) summary.focus();

  // Showing what was typed: the button exists only where it works.
  for (const field of document.querySelectorAll('.password')) {
    const input = field.querySelector('input');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'reveal';
    button.setAttribute('aria-pressed', 'false');
    button.setAttribute('aria-controls', input.id);
    button.textContent = field.dataset.show;
    button.addEventListener('click', () => {
      const shown = input.type === 'text';
      input.type = shown ? 'password' : 'text';
      button.setAttribute('aria-pressed', String(!shown));
      button.textContent = shown ? field.dataset.show : field.dataset.hide;
    });
    field.append(button);
  }

  // A second press of a button while the first is under way sends nothing. Coming back by the back button frees it.
  for (const form of document.forms) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = '1';
    });
  }
  addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // The phone offers the code of the message it just got (WebOTP), where the browser can.
  const code = document.querySelector('input[autocomplete="one-time-code"]');
  if (code && 'OTPCredential' in window) {
    const abort = new AbortController();
    code.form.addEventListener('submit', () => abort.abort());
    navigator.credentials
      .get({ otp: { transport: ['sms'] }, signal: abort.signal })
      .then((otp) => Object.assign(code, otp && !code.value ? { value: otp.code } : {}))
      .catch(() => undefined);
  }

  // Seconds until a new code may be asked for.
  for (const timer of document.querySelectorAll('[data-seconds]')) {
    const end = Date.now() + Number(timer.dataset.seconds) * 1000;
    const tick = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      timer.textContent = timer.dataset.text.replace('{seconds}', String(left));
      if (left > 0) return;
      clearInterval(tick);
      timer.hidden = true;
    }, 1000);
  }
})();
