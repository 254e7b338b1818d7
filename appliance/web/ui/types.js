/**
 * The names by which the page speaks of what the station sends. The shapes are the station's own (`station.d.ts`, written from its
 * OpenAPI document); only what the page adds is described here. Nothing runs.
 *
 * @typedef {import("./station.js").Words} Message
 * @typedef {import("./station.js").Plan} Plan
 * @typedef {import("./station.js").ExtraField} ExtraField
 * @typedef {import("./station.js").Payment} Payment
 * @typedef {import("./station.js").Rule} Rule
 * @typedef {Rule["outcome"]} Outcome
 * @typedef {import("./station.js").Verdict} Verdict
 * @typedef {import("./station.js").Shot} Shot
 * @typedef {import("./station.js").Visit} Visit
 * @typedef {import("./station.js").Reasoned} Reasoned
 * @typedef {import("./station.js").Guidance} Guidance
 * @typedef {import("./station.js").Queue} Queue
 * @typedef {import("./station.js").ParkedItem} ParkedItem
 * @typedef {import("./station.js").Device} Device
 * @typedef {import("./station.js").Reason} Reason
 * @typedef {import("./station.js").Overlay} Overlay
 * @typedef {import("./station.js").FrameHeader} FrameHeader
 * @typedef {import("./station.js").Snapshot} Snapshot
 * @typedef {import("./station.js").Operator} Operator
 * @typedef {import("./station.js").Session} Session
 * @typedef {import("./station.js").Driving} Driving
 * @typedef {import("./station.js").Counters} Counters
 * @typedef {import("./station.js").HealthItem} HealthItem
 * @typedef {import("./station.js").Kept} Kept
 * @typedef {import("./station.js").RecordList} RecordList
 * @typedef {import("./station.js").CameraFigures} CameraFigures
 * @typedef {import("./station.js").Finding} Finding
 * @typedef {import("./station.js").Rehearsal} Rehearsal
 * @typedef {import("./station.js").LogLine} LogLine
 * @typedef {import("./station.js").PlanChoice} PlanChoice
 * @typedef {import("./station.js").Notice} Notice
 * @typedef {import("./station.js").StandInPerson} Person
 * @typedef {import("./station.js").StandInStudent} Student
 * @typedef {import("./station.js").StandInStage} StandIn
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
