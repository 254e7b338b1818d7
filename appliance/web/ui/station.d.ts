// Written by `python -m appliance.web.api_types` from the station's OpenAPI document. Do not edit.

/** A short word that says why, never free text about a person. */
export interface AbandonBody {
  reason?: string;
}

/** Which shot is accepted. */
export interface AcceptBody {
  shot: string;
  exception?: ExceptionBody | null;
  face_confirmed?: boolean;
  /** of whoever is signed in; an exception needs it */
  pin?: string | null;
}

/** The student's answer. */
export interface AnswerBody {
  answer: string;
}

/** A capture code's payload. */
export interface CodeBody {
  payload: string;
}

/** The record shown was confirmed and the consent text agreed to; details may come with it. */
export interface ConfirmBody {
  fields?: Record<string, string> | null;
  phone?: string | null;
  phone_declined?: boolean;
  corrections?: Array<string>;
  record_confirmed: boolean;
  consent_version: string;
}

/** What the student adds or says is wrong. */
export interface DetailsBody {
  fields?: Record<string, string> | null;
  phone?: string | null;
  phone_declined?: boolean;
  corrections?: Array<string>;
}

/** Take the wheel; `take_over` also from a tablet that drives now. */
export interface DriveBody {
  take_over?: boolean;
}

/** Why a refused photo is accepted. */
export interface ExceptionBody {
  reason: string;
  note?: string;
}

/** Whether captures that the platform has not got may go too. */
export interface ForgetBody {
  even_undelivered?: boolean;
}

/** The three levels a lamp knows; what each means in drive is calibration. */
export type LampLevel = "off" | "framing" | "shot";

/** The level to go to by hand. */
export interface LampsBody {
  level: LampLevel;
}

/** Somebody who may sign in; the first one is made with the set-up code of the console. */
export interface NewPersonBody {
  name: string;
  role?: "operator" | "technician";
  pin: string;
  setup_code?: string | null;
}

/** The code shown by the station. */
export interface PairingBody {
  code: string;
}

/** What is to be different; what is left out stays. */
export interface PersonChangeBody {
  name?: string | null;
  role?: "operator" | "technician" | null;
  pin?: string | null;
}

/** Which plan the day follows. */
export interface PlanBody {
  id: string;
}

/** What went wrong, in the words of whoever reports it; they travel sealed. */
export interface ReportBody {
  category: "code" | "identity" | "payment" | "camera" | "verdict" | "photo" | "other";
  text?: string;
}

/** Who signs in at this tablet. */
export interface SignInBody {
  operator: string;
  pin: string;
}

/** The number printed on a voucher. */
export interface VoucherBody {
  number: string;
}

/** Why a capture is taken back. */
export interface WithdrawBody {
  reason: "student-wish" | "wrong-person" | "better-photo" | "record-wrong";
}

/** What a POST to each path takes as JSON. */
export interface PostBodies {
  "/api/drive": DriveBody;
  "/api/pairing": PairingBody;
  "/api/people": NewPersonBody;
  [path: `/api/queue/${string}/retry`]: Record<string, never>;
  "/api/records/lookup": CodeBody;
  [path: `/api/records/${string}/forget`]: ForgetBody;
  [path: `/api/records/${string}/report`]: ReportBody;
  [path: `/api/records/${string}/withdraw`]: WithdrawBody;
  "/api/reports": ReportBody;
  "/api/session": SignInBody;
  "/api/stand-in/press": Record<string, never>;
  "/api/technician/rehearsal": Record<string, never>;
  "/api/update/apply": Record<string, never>;
  "/api/update/look": Record<string, never>;
  "/api/update/rollback": Record<string, never>;
  "/api/visit/abandon": AbandonBody;
  "/api/visit/accept": AcceptBody;
  "/api/visit/code": CodeBody;
  "/api/visit/code-picture": Record<string, never>;
  "/api/visit/confirm": ConfirmBody;
  "/api/visit/details": DetailsBody;
  "/api/visit/id-card": Record<string, never>;
  "/api/visit/import": Record<string, never>;
  "/api/visit/next": Record<string, never>;
  "/api/visit/payment/cancel": Record<string, never>;
  "/api/visit/payment/defer": Record<string, never>;
  "/api/visit/payment/retry": Record<string, never>;
  "/api/visit/payment/voucher": VoucherBody;
  "/api/visit/resume": Record<string, never>;
  "/api/visit/retake": Record<string, never>;
  "/api/visit/shoot": Record<string, never>;
  "/api/visit/verify": AnswerBody;
}

/** What a PUT to each path takes as JSON. */
export interface PutBodies {
  [path: `/api/people/${string}`]: PersonChangeBody;
  "/api/plans/current": PlanBody;
  "/api/stand-in/code": CodeBody;
  "/api/stand-in/person": Record<string, never>;
  "/api/technician/lamps": LampsBody;
}
