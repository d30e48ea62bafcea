// The sandbox carrier's outbox, which every test reads its codes from.
import { until } from './until.ts';

export interface Message {
  readonly text: string;
  /** Empty when the message carries none. */
  readonly code: string;
}

/** The newest text message to that phone, once there are more than `after` of them. `carrier`: its origin. */
export async function newestMessage(carrier: string, phone: string, after = 0): Promise<Message> {
  let messages: { readonly text: string; readonly code: string | null }[] = [];
  const came = async (): Promise<boolean> => {
    const response = await fetch(`${carrier}/outbox.json?phone=${phone}`);
    messages = (await response.json()) as typeof messages;
    return messages.length > after;
  };
  await until(came, 3, `a message to ${phone.slice(0, 3)}****`);
  return { text: messages[0]?.text ?? '', code: messages[0]?.code ?? '' };
}
