/** @import * as station from "./station.js" */

/**
 * The names by which the page speaks of what the station sends. The shapes are the station's own (`station.d.ts`, written from its
 * OpenAPI document); only what the page adds is described here. Nothing runs.
 *
 * @typedef {station.Words} Message
 * @typedef {station.Plan} Plan
 * @typedef {station.ExtraField} ExtraField
 * @typedef {station.Payment} Payment
 * @typedef {station.Rule} Rule
 * @typedef {Rule["outcome"]} Outcome
 * @typedef {station.Verdict} Verdict
 * @typedef {station.Shot} Shot
 * @typedef {station.Visit} Visit
 * @typedef {station.Reasoned} Reasoned
 * @typedef {station.Guidance} Guidance
 * @typedef {station.Queue} Queue
 * @typedef {station.ParkedItem} ParkedItem
 * @typedef {station.ParkedWish} ParkedWish
 * @typedef {station.Device} Device
 * @typedef {station.Reason} Reason
 * @typedef {station.Overlay} Overlay
 * @typedef {station.FrameHeader} FrameHeader
 * @typedef {station.Snapshot} Snapshot
 * @typedef {station.Operator} Operator
 * @typedef {station.Session} Session
 * @typedef {station.Driving} Driving
 * @typedef {station.Counters} Counters
 * @typedef {station.HealthItem} HealthItem
 * @typedef {station.Kept} Kept
 * @typedef {station.RecordList} RecordList
 * @typedef {station.CameraFigures} CameraFigures
 * @typedef {station.Finding} Finding
 * @typedef {station.Rehearsal} Rehearsal
 * @typedef {station.LogLine} LogLine
 * @typedef {station.PairedTablet} PairedTablet
 * @typedef {station.PlanChoice} PlanChoice
 * @typedef {station.Notice} Notice
 * @typedef {station.StandInPerson} Person
 * @typedef {station.StandInStudent} Student
 * @typedef {station.StandInStage} StandIn
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
