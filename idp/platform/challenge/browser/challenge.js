// Does the work that a form asks for while it is being filled in. Whoever is faster than the worker waits for it, and is
// told so; where there is no worker the form goes without, by the slower way.
(() => {
  for (const field of document.querySelectorAll('[data-challenge]')) {
    const input = field.querySelector('input');
    const status = field.querySelector('[role="status"]');
    const { form } = input;
    let open = true;
    let waiting;

    const finish = (proof) => {
      if (!open) return;
      open = false;
      input.value = proof;
      if (!waiting) return;
      status.textContent = field.dataset.done;
      delete form.dataset.sent;
      form.requestSubmit(waiting.submitter ?? undefined);
    };

    form.addEventListener('submit', (event) => {
      if (!open) return;
      event.preventDefault();
      waiting = event;
      status.textContent = field.dataset.working;
    });

    try {
      const worker = new Worker(field.dataset.worker);
      worker.addEventListener('message', ({ data }) => finish(data));
      worker.addEventListener('error', () => finish(''));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that of a worker takes no origin
      worker.postMessage(field.dataset.challenge);
    } catch {
      // A browser that allows no workers.
      finish('');
    }
    // A device that cannot do it in this time must not be kept waiting.
    setTimeout(() => finish(''), 30_000);
  }
})();
