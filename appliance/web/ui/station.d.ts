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

/** The number of the capture; None while it waits for its fee. */
export interface AcceptedAs {
  capture_id: string | null;
}

/** The student's answer. */
export interface AnswerBody {
  answer: string;
}

/** The empty backdrop in shot light: file of the clean plate, its sha256, and how uneven it is lit, percent. */
export interface Backdrop {
  at: string;
  plate: string;
  sha256: string;
  uneven: number;
}

/** One version; parts that were never measured are None. */
export interface Calibration {
  number: number;
  still_size: [number, number];
  focus?: Focus | null;
  grey?: Grey | null;
  backdrop?: Backdrop | null;
  lens?: Lens | null;
}

/** `age_days` is the age of the oldest part, None without one or while nothing vouches for the date. */
export interface CalibrationShown {
  current: Calibration | null;
  age_days: number | null;
  remind_days: number;
  expired_days: number;
  versions: Array<CalibrationVersion>;
  work: CalibrationWork;
}

/** Which of the kept calibrations is to be used. */
export interface CalibrationUseBody {
  number: number;
}

/** One that was kept. `measured` names what was measured for it; `usable` is false when its file is damaged. */
export interface CalibrationVersion {
  number: number;
  at: string | null;
  measured: Array<"focus" | "grey" | "backdrop" | "lens">;
  in_use: boolean;
  usable: boolean;
}

/** The step that runs, or ran last. `now` and `best` are sharpness while focusing; `progress` is 0 to 1. */
export interface CalibrationWork {
  step: "focus" | "grey" | "backdrop" | "lens" | null;
  state: "idle" | "running" | "done" | "refused";
  progress: number | null;
  now: number | null;
  best: number | null;
  message: Words | null;
}

/** Figures of the newest preview frame; None where the camera does not tell. */
export interface CameraFigures {
  sharpness: number;
  brightness: number;
  clipped: number;
  exposure_us: number | null;
  analogue_gain: number | null;
  colour_gains: [number, number] | null;
  exposure_locked: boolean;
  in_focus: boolean | null;
  lamp_level: string;
  frames_per_s: number;
  drive: Drive;
}

/** One capture on its way to the platform. */
export interface CaptureState {
  capture_id: string;
  visit_id: string;
  state: "receipted" | "waiting";
  accepted_at: string;
  photo_sha256: string;
  original_sha256: string | null;
  receipt: Record<string, unknown> | null;
}

/** One answer of a field with fixed answers. */
export interface Choice {
  id: string;
  label: LocalText;
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

/** The privacy agreement of a plan; the version agreed to is kept with each capture. */
export interface ConsentText {
  version: string;
  text: LocalText;
}

/** The day's figures of the plan in use. */
export interface Counters {
  done: number;
  waiting: number;
  refused: number;
  recalled: number;
  receipted: number;
  parked: number;
}

/** Whom to turn to (F29). */
export interface CustomerService {
  hours: LocalText;
  phone?: string;
  note?: LocalText | null;
}

/** What the student adds or says is wrong. */
export interface DetailsBody {
  fields?: Record<string, string> | null;
  phone?: string | null;
  phone_declined?: boolean;
  corrections?: Array<string>;
}

/** How one device is doing and, when it fails, what to do about it. */
export interface Device {
  name: string;
  state: DeviceState;
  detail: string;
  advice: string;
  failures: number;
  hopeless: boolean;
  fault: DeviceFault | null;
  told: Words | null;
}

/** What a person has to mend; every screen has words for each, in its own language. */
export type DeviceFault = "missing" | "in_use" | "silent" | "broken_frames" | "no_library" | "ambiguous" | "other";

/** How a device is doing, as the tablet shows it. */
export type DeviceState = "stopped" | "starting" | "ready" | "failing";

/** The examination of the running station. */
export interface DoctorReport {
  outcome: string;
  findings: Array<Finding>;
}

/** Drive of each lamp, 0 to 1. */
export interface Drive {
  left: number;
  right: number;
  background: number;
}

/** Take the wheel; `take_over` also from a tablet that drives now. */
export interface DriveBody {
  take_over?: boolean;
}

/** Who drives the visit, as the tablet that asks sees it. */
export interface Driving {
  mine: boolean;
  tablet: string | null;
  operator: string | null;
}

/** An earlier capture of this student. */
export interface Earlier {
  state: string;
  reasons: Array<Reasoned>;
}

/** Which captures were erased. */
export interface Erased {
  erased: Array<string>;
}

/** What each event of `/api/events` carries, by its name: the new value of that part of the snapshot, or something to show. */
export interface Events {
  snapshot: Snapshot;
  plan: Plan | null;
  visit: Visit;
  guidance: Guidance | null;
  queue: Queue;
  counters: Counters;
  devices: Array<Device>;
  health: Array<HealthItem>;
  session: Session;
  driving: Driving;
  notice: Notice | null;
  technician: Record<string, boolean>;
}

/** Why a refused photo is accepted. */
export interface ExceptionBody {
  reason: string;
  note?: string;
}

/** A detail the student completes (F10). Answers travel sealed to the platform; the station cannot read them back. */
export interface ExtraField {
  id: string;
  kind: "text" | "phone" | "email" | "postcode" | "address" | "choice";
  label: LocalText;
  required?: boolean;
  max_length?: number;
  /** form of the whole answer: an I-Regexp (RFC 9485) */
  pattern?: string | null;
  hint?: LocalText | null;
  choices?: Array<Choice>;
}

/** The new photo compared with the ID card's portrait, which is dropped afterwards. `operator` when the score lay in the band that the operator decides. */
export interface FaceMatch {
  /** cosine of the two SFace embeddings */
  score: number;
  limit: number;
  outcome: "same" | "different" | "undecided";
  operator_decided?: boolean;
}

/** What a student pays, once, and when (F13 to F15). `offline` says what holds while the platform cannot be reached: capture now and pay later, take a voucher's number, or wait. */
export interface Fee {
  /** hundredths of a yuan */
  amount_fen: number;
  currency?: "CNY";
  /** collected beforehand (roster says by whom), before the shot, or after the accepted preview */
  when: "prepaid" | "before" | "after";
  offline?: "deferred" | "voucher" | "refuse";
}

/** What the examination of the station found at one place. */
export interface Finding {
  name: string;
  outcome: "ok" | "warn" | "fail" | "skipped";
  title: Words;
  value: string;
  advice: Words | null;
}

/** `sharpness` as it was left, `best` the sharpest seen while the lens was turned (`measures.sharpness`). */
export interface Focus {
  at: string;
  sharpness: number;
  best: number;
}

/** Whether captures that the platform has not got may go too. */
export interface ForgetBody {
  even_undelivered?: boolean;
}

/** What goes before each picture of the preview's websocket. */
export interface FrameHeader {
  sequence: number;
  captured_at: number;
  width: number;
  height: number;
  overlay: Overlay | null;
  guidance: Guidance | null;
}

/** On a grey card: (red, blue) gains that make it neutral (None: the camera sets its own), what it was exposed with and how far it was from neutral before and after, in percent. */
export interface Grey {
  at: string;
  colour_gains: [number, number] | null;
  exposure_us: number | null;
  analogue_gain: number | null;
  cast_before: number;
  cast_after: number;
}

/** What to tell the student now; `ready` when all live rules hold, since `held_s` seconds. */
export interface Guidance {
  rule: string | null;
  message: Words;
  ready: boolean;
  held_s: number;
  shoot: boolean;
}

/** One line of the station's health list. */
export interface HealthItem {
  name: string;
  state: "ok" | "warn" | "bad" | "unknown";
  title: Words;
  value: boolean | number | null;
  limit: number | null;
  unit: string;
  advice: Words | null;
}

/** A question and its answer (F30). */
export interface HelpEntry {
  question: LocalText;
  answer: LocalText;
}

/** One capture as operator and student may see it; `identity` is masked, `photo` an address. */
export interface Kept {
  capture_id: string;
  visit_id: string;
  plan_id: string;
  identity: Record<string, string | null> | null;
  state: "waiting" | "parked" | "sent" | "reviewing" | "accepted" | "refused" | "withdrawn";
  reasons: Array<Reasoned>;
  face_match: number | null;
  accepted_at: string;
  reviewed_at: string | null;
  receipt_id: string | null;
  source: string;
  exception: Record<string, string | null> | string | null;
  operator: string | null;
  payment: Record<string, unknown> | string | null;
  replaces: string | null;
  withdrawal: string | null;
  photo: string | null;
}

/** One capture with everything about it but its pixels. */
export interface KeptWhole {
  capture_id: string;
  visit_id: string;
  plan_id: string;
  identity: Record<string, string | null> | null;
  state: "waiting" | "parked" | "sent" | "reviewing" | "accepted" | "refused" | "withdrawn";
  reasons: Array<Reasoned>;
  face_match: number | null;
  accepted_at: string;
  reviewed_at: string | null;
  receipt_id: string | null;
  source: string;
  exception: Record<string, string | null> | string | null;
  operator: string | null;
  payment: Record<string, unknown> | string | null;
  replaces: string | null;
  withdrawal: string | null;
  photo: string | null;
  verdict: Verdict | null;
  consent: Record<string, unknown> | null;
  verification: Record<string, unknown> | null;
  captured_at: string | null;
  clock_trusted: boolean | null;
  corrections: Array<string> | null;
  phone_declined: boolean | null;
  steps: Array<StepTaken>;
}

/** Something in a plan that this station cannot honour. */
export interface KeyRefused {
  key: string;
  zh: string;
  en: string;
}

/** The three levels a lamp knows; what each means in drive is calibration. */
export type LampLevel = "off" | "framing" | "shot";

/** The level to go to by hand. */
export interface LampsBody {
  level: LampLevel;
}

/** What the platform received last. */
export interface LastReceipt {
  capture_id: string;
  receipt_id: string;
  at: string;
}

/** On the printed chart: radial distortion at the picture's corner and fall of light towards it, percent; pixels of rest. */
export interface Lens {
  at: string;
  distortion: number;
  shading: number;
  residual: number;
}

/** A text for people, in Chinese and English. */
export interface LocalText {
  zh: string;
  en: string;
}

/** The newest lines. */
export interface Log {
  lines: Array<LogLine>;
}

/** A line the station wrote, masked. */
export interface LogLine {
  at: string;
  level: string;
  event: string;
  more: string;
}

/** Everything this station has of the student. */
export interface LookedUp {
  student: Student | null;
  records: Array<Kept>;
}

/** Somebody who may sign in; the first one is made with the set-up code of the console. */
export interface NewPersonBody {
  name: string;
  role?: "operator" | "technician";
  pin: string;
  setup_code?: string | null;
}

/** A passing message. */
export interface Notice {
  code: string;
  severity: "info" | "warn" | "error";
  zh: string;
  en: string;
}

/** Somebody who may sign in. */
export interface Operator {
  id: string;
  name: string;
  role: "operator" | "technician";
}

/** What the judge saw in one frame: points as shares of width and height, and how each part of them is judged. */
export interface Overlay {
  head: Array<Array<number>> | null;
  eye_line: Array<Array<number>> | null;
  chin: Array<number> | null;
  shoulders: Array<Array<number>> | null;
  states: Record<string, "good" | "bad" | "unknown">;
}

/** A tablet by what people call it; `mine`: the one that asks. */
export interface PairedTablet {
  number: number;
  screen: "operator" | "student";
  mine: boolean;
}

/** In the order of pairing. */
export interface PairedTablets {
  tablets: Array<PairedTablet>;
}

/** Whether the one who asks is paired, and with which station; `question`: what a tablet that moved has to sign. */
export interface Pairing {
  paired: boolean;
  station: string;
  question: string | null;
}

/** The code shown by the station; what the tablet is for, and the key it proves itself with. */
export interface PairingBody {
  code: string;
  screen?: "operator" | "student";
  key?: TabletKeyBody | null;
}

/** A code for one more tablet, good for `lasts_s` seconds. */
export interface PairingCode {
  code: string;
  lasts_s: number;
}

/** A delivery that needs a person. */
export interface ParkedItem {
  id: number;
  capture_id: string;
  kind: string;
  error: string | null;
  attempts: number;
}

/** A withdrawal or a problem report that the platform refused for good. */
export interface ParkedWish {
  id: string;
  kind: "withdrawal" | "report";
  capture_id: string | null;
  error: string | null;
  attempts: number;
  made_at: string;
}

/** How the fee stands. `qr` is there while an order may be paid; `error` says why there is none. */
export interface Payment {
  state: "free" | "prepaid" | "unpaid" | "pending" | "paid" | "deferred" | "voucher" | "expired" | "cancelled";
  amount_fen: number;
  when: "prepaid" | "before" | "after";
  pay_url: string | null;
  qr: string | null;
  expires_at: string | null;
  offline: "deferred" | "voucher" | "refuse";
  error: Words | null;
}

/** Names for the sign-in screen; `setup` while the first technician is still to be made. */
export interface People {
  people: Array<Operator>;
  setup: boolean;
}

/** What is to be different; what is left out stays. */
export interface PersonChangeBody {
  name?: string | null;
  role?: "operator" | "technician" | null;
  pin?: string | null;
}

/** One collection plan: whose photos, judged by which profile, verified how, paid when, kept how long. */
export interface Plan {
  id: string;
  title: LocalText;
  school: string;
  level: string;
  type: string;
  profile: string;
  verification: "last_four" | "student_number" | "id_card" | "none";
  consent: ConsentText;
  starts_on?: string | null;
  ends_on?: string | null;
  /** null: no fee */
  fee?: Fee | null;
  /** compare the ID card's portrait with the new photo, then drop it */
  id_card_face?: boolean;
  /** photos from the album are allowed, judged harder and marked */
  album?: boolean;
  /** a code no roster knows: refused, or captured for the platform to resolve */
  unknown_code?: "refuse" | "defer";
  phone?: "none" | "optional" | "required";
  extra_fields?: Array<ExtraField>;
  /** days a receipted capture stays on the station */
  retention_days?: number;
  /** links that originals may use */
  originals?: "any" | "unmetered";
  print_layouts?: Array<PrintLayout>;
  /** file name in archives: {student_number}, {name}, {capture_id} */
  archive_name?: string;
  help?: Array<HelpEntry>;
  service?: CustomerService | null;
  languages?: Array<"zh" | "en">;
}

/** Which plan the day follows. */
export interface PlanBody {
  id: string;
}

/** A plan on the station; one with nothing `refused` may be chosen. */
export interface PlanChoice {
  id: string;
  title: Words;
  school: string;
  level: string;
  type: string;
  starts_on: string | null;
  ends_on: string | null;
  students: number;
  expires_at: string;
  current: boolean;
  usable: boolean;
  refused: Array<KeyRefused>;
}

/** The plans on the station, and which one the day follows. */
export interface Plans {
  current: string | null;
  plans: Array<PlanChoice>;
}

/** A sheet of prints (F31): photos of one size in rows and columns, with a caption below each. */
export interface PrintLayout {
  id: string;
  title: LocalText;
  photo: "one-inch" | "two-inch";
  paper?: "A4" | "A5" | "A6" | "5-inch" | "6-inch";
  rows: number;
  columns: number;
  /** with {name}, {student_number}, {class_name}, {major}, {school} */
  caption?: string;
  crop_marks?: boolean;
}

/** The station's question, and its signature (base64url of r then s). */
export interface ProofBody {
  question: string;
  signature: string;
}

/** What waits for the platform. `online` is None while the delivery process shows no sign of life. */
export interface Queue {
  waiting: number;
  parked: number;
  receipted: number;
  bytes_waiting: number;
  online: boolean | null;
  last_error: string | null;
  last_receipt: LastReceipt | null;
  progress: UploadProgress | null;
  paused: boolean;
  pause_reason: string | null;
  limit: string | number | null;
  metered: boolean | null;
  originals: string;
  originals_held: number;
  parked_items: Array<ParkedItem>;
  parked_wishes: Array<ParkedWish>;
}

/** Why a refused photo may be accepted. */
export interface Reason {
  id: string;
  zh: string;
  en: string;
}

/** Why a photo came back. */
export interface Reasoned {
  rule: string;
  message: Words;
}

/** Captures found, and how many of this station are in each state. */
export interface RecordList {
  records: Array<Kept>;
  counts: Record<string, number>;
}

/** How the newest rehearsal stands. */
export interface Rehearsal {
  state: "none" | "running" | "done" | "failed";
  steps: Array<RehearsedStep>;
  outcome: string | null;
  error: string | null;
}

/** One step that was done, and how long it took. */
export interface RehearsedStep {
  name: string;
  ms: number;
  detail: string;
}

/** What went wrong, in the words of whoever reports it; they travel sealed. */
export interface ReportBody {
  category: "code" | "identity" | "payment" | "camera" | "verdict" | "photo" | "other";
  text?: string;
}

/** The number of a problem report. */
export interface ReportFiled {
  report_id: string;
}

/** One rule of the verdict: what was measured beside what is asked, and what to do about it. */
export interface Rule {
  id: string;
  outcome: "pass" | "fail" | "unknown" | "exempt";
  measured: number | string | null;
  limit: number | string | Array<number | string | null> | null;
  unit: string;
  message: Words;
}

/** Who is signed in at the tablet that asks; `needed` once people are listed. */
export interface Session {
  operator: Operator | null;
  idle_s: number;
  needed: boolean;
}

/** The shot that was judged last; `before` and `after` are addresses of its pictures. */
export interface Shot {
  id: string;
  verdict: Verdict;
  before: string;
  after: string | null;
  photo: StandardPhotoFacts | null;
  timings_ms: Record<string, number>;
}

/** What is before the stand-in camera now. */
export interface Showing {
  person: string | null;
  code: string | null;
}

/** Who signs in at this tablet. */
export interface SignInBody {
  operator: string;
  pin: string;
}

/** Everything a page needs to draw itself. `sequence` is the number of the newest event that it holds. */
export interface Snapshot {
  sequence: number;
  station: Station;
  plan: Plan | null;
  visit: Visit;
  guidance: Guidance | null;
  queue: Queue;
  counters: Counters;
  devices: Array<Device>;
  health: Array<HealthItem>;
  exceptions: Array<Reason>;
  session: Session;
  driving: Driving;
}

/** A picture that can sit before the stand-in camera. */
export interface StandInPerson {
  id: string;
  title: Words;
}

/** What a station without devices offers. */
export interface StandInStage {
  people: Array<StandInPerson>;
  students: Array<StandInStudent>;
  showing: Showing;
}

/** A code that can be held up before it, with the answer to its question. */
export interface StandInStudent {
  payload: string;
  label: string;
  answer: string;
}

/** The finished file. */
export interface StandardPhotoFacts {
  bytes: number;
  width: number;
  height: number;
  quality: number;
}

/** Where a visit stands. */
export type State = "idle" | "identified" | "verified" | "confirmed" | "paying" | "framing" | "judged" | "refused" | "retake" | "accepted" | "queued" | "abandoned" | "fault";

/** Which station this is; `instance` is another one after each start. */
export interface Station {
  name: string;
  version: string;
  instance: string;
  stand_in: boolean;
}

/** A line of the visit's journal. */
export interface StepTaken {
  event: string;
  at: string;
}

/** What the roster knows of whoever's code was shown. */
export interface Student {
  identity: Record<string, string | null>;
  payment: string | null;
  review: string | null;
}

/** The public half of the tablet's key, a point of P-256 as in a JWK. */
export interface TabletKeyBody {
  x: string;
  y: string;
}

/** A newer version that was found and may be installed. */
export interface UpdateOffer {
  version: string;
  notes: Words;
  size_bytes: number;
  source: "stick" | "network";
}

/** `progress` is 0 to 1, None where it is not known; `previous` is what a rollback returns to. */
export interface UpdateShown {
  version: string;
  available: UpdateOffer | null;
  state: "idle" | "fetching" | "verifying" | "ready" | "waiting-for-quiet" | "applying" | "failed" | "rolled-back";
  progress: number | null;
  message: Words | null;
  previous: string | null;
}

/** The file that goes up now. */
export interface UploadProgress {
  sent: number;
  total: number;
  bytes_per_s: number;
  seconds_left: number | null;
}

/** The whole judgement of one shot. */
export interface Verdict {
  profile: string;
  verdict: "pass" | "refuse" | "unmeasurable";
  rules: Array<Rule>;
}

/** The visit in progress, or the idle state; `actions` are what may be asked of it now. */
export interface Visit {
  id: string | null;
  state: State;
  actions: Array<string>;
  identity: Record<string, string | null> | null;
  tries_left: number | null;
  retry_after: number | null;
  shot: Shot | null;
  capture_id: string | null;
  fault: Words | null;
  unresolved: boolean;
  payment: Payment | null;
  source: "camera" | "album";
  face_match: FaceMatch | null;
  replaces: string | null;
  earlier: Earlier | null;
}

/** The number printed on a voucher. */
export interface VoucherBody {
  number: string;
}

/** Why a capture is taken back. */
export interface WithdrawBody {
  reason: "student-wish" | "wrong-person" | "better-photo" | "record-wrong";
}

/** A text for people, in Chinese and English. */
export interface Words {
  zh: string;
  en: string;
}

/** What a POST to each path takes as JSON. */
export interface PostBodies {
  "/api/calibration/finish": Record<string, never>;
  [path: `/api/calibration/steps/${string}`]: Record<string, never>;
  "/api/calibration/undo": Record<string, never>;
  "/api/calibration/use": CalibrationUseBody;
  "/api/drive": DriveBody;
  "/api/pairing": PairingBody;
  "/api/pairing/code": Record<string, never>;
  "/api/pairing/proof": ProofBody;
  "/api/people": NewPersonBody;
  [path: `/api/queue/wishes/${string}/retry`]: Record<string, never>;
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
