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
 * @property {"last_four"|"student_number"|"id_card"|"none"} verification
 * @property {{version: string, text: Message}} consent
 * @property {{amount_fen: number, when: "prepaid"|"before"|"after", offline: "deferred"|"voucher"|"refuse"}|null} [fee]
 * @property {boolean} [id_card_face]
 * @property {boolean} [album]
 * @property {"none"|"optional"|"required"} [phone]
 * @property {ExtraField[]} [extra_fields]
 * @property {Array<{question: Message, answer: Message}>} [help]
 * @property {{hours: Message, phone: string, note: Message|null}|null} [service]
 *
 * @typedef {object} ExtraField
 * @property {string} id
 * @property {"text"|"phone"|"email"|"postcode"|"address"|"choice"} kind
 * @property {Message} label
 * @property {boolean} required
 * @property {number} max_length
 * @property {Message|null} hint
 * @property {Array<{id: string, label: Message}>} choices
 *
 * @typedef {object} Payment
 * @property {"free"|"prepaid"|"unpaid"|"pending"|"paid"|"deferred"|"voucher"|"expired"|"cancelled"} state
 * @property {number} amount_fen
 * @property {string|null} pay_url
 * @property {string|null} qr
 * @property {string|null} expires_at
 * @property {"deferred"|"voucher"|"refuse"} offline
 * @property {Message|null} error
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
 * @typedef {"idle"|"identified"|"verified"|"confirmed"|"paying"|"framing"|"judged"|"refused"|"accepted"|"queued"|"fault"} VisitState
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
 * @property {Payment|null} [payment]
 * @property {"camera"|"album"} [source]
 * @property {{score: number, limit: number, outcome: "same"|"different"|"undecided"}|null} [face_match] with the ID card's portrait
 * @property {boolean} [unresolved] no roster knew the code
 * @property {number|null} [retry_after] seconds that the answer has to wait
 * @property {{state: string, reasons: Reasoned[]}|null} [earlier] an earlier capture of this student
 *
 * @typedef {{rule: string, message: Message}} Reasoned why a photo came back
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
 * @typedef {{sent: number, total: number, bytes_per_s: number, seconds_left: number|null}} UploadProgress
 *
 * @typedef {object} Queue
 * @property {number} waiting
 * @property {number} parked
 * @property {number} receipted
 * @property {number} bytes_waiting
 * @property {boolean|null} online
 * @property {string|null} last_error
 * @property {boolean} paused
 * @property {UploadProgress|null} progress
 * @property {number} originals_held
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
 * @property {Session} [session]
 * @property {Driving} [driving]
 * @property {Counters} [counters]
 * @property {HealthItem[]} [health]
 *
 * @typedef {{id: string, name: string, role: "operator"|"technician"}} Operator
 * @typedef {{operator: Operator|null, idle_s: number, needed: boolean}} Session
 * @typedef {{mine: boolean, tablet: string|null, operator: string|null}} Driving
 * @typedef {{done: number, waiting: number, refused: number, recalled: number, receipted: number, parked: number}} Counters
 *
 * @typedef {object} HealthItem one line of the station's health list
 * @property {string} name
 * @property {"ok"|"warn"|"bad"|"unknown"} state
 * @property {Message} title
 * @property {number|boolean|null} value
 * @property {number|null} limit
 * @property {string} unit
 * @property {Message|null} advice
 *
 * @typedef {object} Kept a capture as the records know it
 * @property {string} capture_id
 * @property {Object<string, string|null>} identity
 * @property {"waiting"|"parked"|"sent"|"reviewing"|"accepted"|"refused"|"withdrawn"} state
 * @property {Reasoned[]} reasons
 * @property {string} accepted_at
 * @property {string|null} receipt_id
 * @property {string} [source]
 * @property {{reason: string, note: string}|string|null} [exception]
 * @property {"queued"|"too-late"|"failed"|null} [withdrawal]
 * @property {string|null} photo
 *
 * @typedef {{records: Kept[], counts?: Object<string, number>}} RecordList
 *
 * @typedef {object} CameraFigures
 * @property {number} sharpness
 * @property {number} brightness
 * @property {number} clipped
 * @property {number|null} exposure_us
 * @property {number|null} analogue_gain
 * @property {[number, number]|null} colour_gains
 * @property {boolean} exposure_locked
 * @property {boolean|null} in_focus
 * @property {string|null} lamp_level
 * @property {number} frames_per_s
 * @property {{left: number, right: number, background: number}} drive
 *
 * @typedef {object} Finding what the examination of the station found at one place
 * @property {string} name
 * @property {"ok"|"warn"|"fail"|"skipped"} outcome
 * @property {Message} title
 * @property {string} value
 * @property {Message|null} advice
 *
 * @typedef {object} Rehearsal
 * @property {"none"|"running"|"done"|"failed"} state
 * @property {Array<{name: string, ms: number, detail: string}>} steps
 * @property {string|null} outcome
 * @property {string|null} error
 *
 * @typedef {{at: string, level: string, event: string, more: string}} LogLine
 *
 * @typedef {object} PlanChoice
 * @property {string} id
 * @property {Message} title
 * @property {string} school
 * @property {string} level
 * @property {string} type
 * @property {number} students
 * @property {boolean} current
 * @property {boolean} usable
 * @property {Array<Message & {key: string}>} refused
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
 * @property {"today"|"scan"|"records"|"technician"} page which of the page's own screens is wanted
 * @property {Driving|null} wheel who drives instead of this tablet, when that stood in the way
 * @property {import("./problem.js").Problem|null} problem the last refused action, in words
 * @property {Notice|null} notice a passing message of the station
 *
 * @typedef {Partial<Snapshot> & PageState} State
 */

export {};
