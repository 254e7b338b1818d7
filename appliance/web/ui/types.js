/**
 * The shapes the station sends, as the page uses them. Only types live here; nothing runs.
 *
 * @typedef {{zh: string, en: string}} Message
 *
 * @typedef {object} Plan
 * @property {string} id
 * @property {Message} title
 * @property {string} school
 * @property {string} level
 * @property {string} type
 * @property {string} profile
 * @property {"last_four"|"student_number"|"none"} verification
 * @property {{version: string, text: Message}} consent
 *
 * @typedef {"pass"|"fail"|"unknown"|"exempt"} Outcome
 *
 * @typedef {object} Rule
 * @property {string} id
 * @property {Outcome} outcome
 * @property {number|string|null} measured
 * @property {number|string|Array<number|string>|null} limit
 * @property {string} unit
 * @property {Message} message
 *
 * @typedef {object} Verdict
 * @property {string} profile
 * @property {"pass"|"refuse"|"unmeasurable"} verdict
 * @property {Rule[]} rules
 *
 * @typedef {object} Shot
 * @property {string} id
 * @property {Verdict} verdict
 * @property {string} before
 * @property {string|null} after
 * @property {{bytes: number, width: number, height: number, quality: number}|null} photo
 * @property {Object<string, number>} timings_ms
 *
 * @typedef {"idle"|"identified"|"verified"|"confirmed"|"framing"|"judged"|"refused"|"accepted"|"queued"|"fault"} VisitState
 *
 * @typedef {object} Visit
 * @property {string|null} id
 * @property {VisitState} state
 * @property {string[]} actions
 * @property {Object<string, string|null>|null} identity
 * @property {number|null} tries_left
 * @property {Shot|null} shot
 * @property {string|null} capture_id
 * @property {Message|null} fault
 *
 * @typedef {object} Guidance
 * @property {string|null} rule
 * @property {Message} message
 * @property {boolean} ready
 * @property {number} held_s
 * @property {number} sequence
 *
 * @typedef {object} ParkedItem
 * @property {number|string} id
 * @property {string} capture_id
 * @property {string} kind
 * @property {string} error
 * @property {number} attempts
 *
 * @typedef {object} Queue
 * @property {number} waiting
 * @property {number} parked
 * @property {number} receipted
 * @property {number} bytes_waiting
 * @property {boolean|null} online
 * @property {string|null} last_error
 * @property {{capture_id: string, receipt_id: string, at: string}|null} last_receipt
 * @property {ParkedItem[]} parked_items
 *
 * @typedef {{name: string, state: string, detail: string|Message|null, advice: string|Message|null}} Device
 *
 * @typedef {{id: string, zh: string, en: string}} Reason
 *
 * @typedef {object} Overlay
 * @property {number[][]|null} head
 * @property {number[][]|null} eye_line
 * @property {number[]|null} chin
 * @property {number[][]|null} shoulders
 * @property {Object<string, "good"|"bad"|"unknown">} states
 *
 * @typedef {object} FrameHeader
 * @property {number} sequence
 * @property {number} captured_at
 * @property {number} width
 * @property {number} height
 * @property {Overlay|null} overlay
 * @property {Guidance|null} guidance
 *
 * @typedef {object} Snapshot
 * @property {number} sequence
 * @property {{name: string, version: string, instance: string, stand_in: boolean}} station
 * @property {Plan|null} plan
 * @property {Visit} visit
 * @property {Guidance|null} guidance
 * @property {Queue} queue
 * @property {Device[]} devices
 * @property {Reason[]} exceptions
 *
 * @typedef {{code: string, severity: "info"|"warn"|"error", zh: string, en: string}} Notice
 *
 * @typedef {object} Person someone a station without devices can put before its camera
 * @property {string} id
 * @property {Message|string} title
 *
 * @typedef {object} Student whose code such a station can hold up, with the answer to its question
 * @property {string} payload
 * @property {string} label
 * @property {string} [answer]
 *
 * @typedef {object} StandIn
 * @property {Person[]} people
 * @property {Student[]} students
 * @property {{person: string|null, code: string|null}} showing
 *
 * What the page adds to the snapshot: nothing of it is sent back.
 * @typedef {object} PageState
 * @property {"connecting"|"live"|"lost"|"unpaired"} connection
 * @property {boolean} busy a request that changes the visit is in flight
 * @property {"today"|"scan"} page which of the two idle screens is wanted
 * @property {import("./problem.js").Problem|null} problem the last refused action, in words
 * @property {Notice|null} notice a passing message of the station
 *
 * @typedef {Partial<Snapshot> & PageState} State
 */

export {};
