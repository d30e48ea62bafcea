// What an authority is: it says what it can vouch for and what it must be told, and reports what it found. It never
// decides: adjudicate.ts alone does.
import type { Ial } from '../assurance/assurance.ts';
import type { CitizenId, DocumentKind, DocumentNumber, Phone } from '../citizens/citizens.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import type { CaseId } from './proofing.ts';

/** The document that a person claims to hold. */
export interface ClaimedDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly number: DocumentNumber;
  /** ISO 8601 date, as in the number or as stated. */
  readonly birthdate: string | undefined;
}

/** The document that an authority itself has seen. */
export interface VouchedDocument extends ClaimedDocument {
  readonly gender: 'male' | 'female' | undefined;
}

/** What an authority is told. */
export interface Claimed {
  /** Undefined where the authority needs none (network identity: no plaintext identity) or sees it itself (counter). */
  readonly document: ClaimedDocument | undefined;
  /** Whose case it is, always given by the cases: for an authority of our own, which keeps its answer by case. */
  readonly about?: { readonly citizenId: CitizenId; readonly caseId: CaseId };
  /** The account's confirmed phone; undefined when it has none. */
  readonly phone: Phone | undefined;
  /** What this authority's own fields brought, by field name, already checked. */
  readonly more: Readonly<Record<string, string>>;
  /** What `begin` was answered, where the citizen was handed over. */
  readonly reference: string | undefined;
}

/** Facts about a check that may be kept and quoted: closed words and buckets per driver, never personal data. */
export type Details = Readonly<Record<string, string>>;

interface Answered {
  /** The number under which the authority keeps its answer. */
  readonly transaction: string;
  readonly at: Date;
  readonly details?: Details;
}

/**
 * What an authority found; one closed set for all of them, every vendor code maps to one of these.
 *   match                 it is so
 *   mismatch, no_record   it is not so; nothing is known. A citizen is never told which
 *   unsupported           cannot be asked about this (virtual operator, kind of document): says nothing of the person
 *   deceased, document_expired, document_lost    it is so, but
 *   not_live, cancelled, expired    the citizen did not get through what they were handed over to
 *   pending               the citizen, an officer or the source is not done yet
 *   too_many              the source takes no more questions about this today
 *   unusable              the source itself says that a person has to look
 *   unavailable           no valid answer: never a pass
 */
export type Finding =
  | (Answered & {
      readonly is: 'match';
      /** The authority's own name for this human being. */
      readonly pseudonym?: string;
      /**
       * Opens the document that the authority has seen: it stands where the citizen typed none. A function, so that
       * neither a stored finding nor a log can hold it: open it before the finding is kept.
       */
      readonly vouched?: () => VouchedDocument;
      /** A guardian came along and is on the authority's record (Personal Information Protection Law article 31). */
      readonly guardian?: true;
    })
  | (Answered & {
      readonly is:
        | 'mismatch'
        | 'no_record'
        | 'unsupported'
        | 'deceased'
        | 'document_expired'
        | 'document_lost'
        | 'not_live'
        | 'cancelled'
        | 'expired'
        | 'pending'
        | 'too_many'
        | 'unusable';
      /** As with a match: what speaks against a document speaks of this one. */
      readonly vouched?: () => VouchedDocument;
    })
  | {
      readonly is: 'unavailable';
      readonly reason: 'timeout' | 'down' | 'bad_signature' | 'bad_answer' | 'breaker_open';
      readonly at: Date;
    };

/** A text in both languages; an authority brings its own, so that it stays in one folder. */
export type Wording = Readonly<Record<Locale, string>>;

/** A field that an authority adds to the form. */
export interface MoreField {
  /** `name` attribute: lower case and underscores. */
  readonly name: string;
  readonly label: Wording;
  readonly hint: Wording;
  readonly inputMode: 'numeric' | 'text';
  /** The normal form, or what is wrong with what was typed. */
  parse(
    text: string,
  ): { readonly is: 'ok'; readonly value: string } | { readonly is: 'bad'; readonly text: Wording };
}

/** Where the citizen goes on: on this device, or by scanning it with a phone. */
export interface Begun {
  readonly is: 'begun';
  /** Under which the authority knows this attempt. */
  readonly reference: string;
  /** https; opened on this device or shown as a QR code. */
  readonly address: string;
  readonly expiresAt: Date;
}

/** Why nobody was handed over. */
export type NotBegun =
  (Answered & { readonly is: 'unsupported' | 'too_many' }) | Extract<Finding, { readonly is: 'unavailable' }>;

/** How what an authority needs beyond name, number and phone comes about. */
export type Collect =
  | { readonly by: 'nothing' }
  | { readonly by: 'fields'; readonly fields: readonly MoreField[] }
  | {
      readonly by: 'hand_over';
      /** Never throws for an outside failure. `returnTo`: where the citizen's browser comes back on the same device. */
      begin(claimed: Claimed, requestId: string, returnTo: string): Promise<Begun | NotBegun>;
    }
  /** An officer examines and submits; the citizen gets a ticket. */
  | { readonly by: 'ticket' };

export interface Authority {
  /** kebab-case, as its folder. */
  readonly id: string;
  /** The identity level its match can give. */
  readonly reaches: Ial;
  /** Name of the method as kept in evidence: 'population_register.name_number'. */
  readonly method: string;
  /** The documents it can be asked about; empty: it asks for none. */
  readonly covers: readonly DocumentKind[];
  /** Authorities that are asked beside it where they cover the document: its route. */
  readonly beside: readonly string[];
  /** True: a citizen can choose it as a way. False: it is only asked beside others. */
  readonly leads: boolean;
  readonly collect: Collect;
  /** True: its match says that the account's phone is registered to the person. */
  readonly bindsPhone?: boolean;
  /** Seconds for which what it proved holds; undefined: as proofing.validity says. */
  readonly validitySeconds?: number;
  readonly words: {
    /** As the choice of a way: "手机号核对". */
    readonly way: Wording;
    /** One sentence under it: what it takes. */
    readonly needs: Wording;
    /** Whom personal data go to, inside the sentence of separate consent: "电信运营商". */
    readonly recipient: Wording;
    /** What more the citizen agrees to, a whole sentence (face images); undefined: nothing. */
    readonly consent?: Wording;
  };
  /** Never throws for an outside failure: that is a finding, 'unavailable'. */
  examine(claimed: Claimed, requestId: string): Promise<Finding>;
}
