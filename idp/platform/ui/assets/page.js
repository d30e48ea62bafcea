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

  // A page that waits for a phone asks every two seconds how it stands there, as long as that can still change.
  const waiting = document.querySelector('[data-watch]');
  if (waiting) {
    const { watch, left, over, scanned, next } = waiting.dataset;
    const status = waiting.querySelector('[role="status"]');
    const code = waiting.querySelector('.qr');
    const end = Date.now() + Number(left) * 1000;
    const say = (text) => status.textContent === text || (status.textContent = text);
    const stages = {
      scanned: () => say(scanned),
      picked: () => code && location.replace(next),
      approved: () => waiting.querySelector('form').requestSubmit(),
      refused: () => location.replace(next),
      gone: () => location.replace(next),
    };
    const ask = async () => {
      if (code && Date.now() >= end) {
        code.hidden = true;
        waiting.querySelector('form').hidden = true;
        return say(over);
      }
      if (!document.hidden) {
        const answer = await fetch(watch).catch(() => undefined);
        const { stage } = answer && answer.ok ? await answer.json() : {};
        if (stages[stage]) stages[stage]();
        if (stage === 'approved' || stage === 'refused' || stage === 'gone') return undefined;
      }
      return setTimeout(ask, 2000);
    };
    setTimeout(ask, 2000);
  }
})();
