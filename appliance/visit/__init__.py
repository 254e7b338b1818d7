"""One student's visit, from the code to the accepted photo.

Errors
------
VisitError(RuntimeError)                each carries `code`, `message` in two languages and `extra` figures
├── VisitInProgress                     another visit is not finished; names its state
├── NotNow                              the state does not allow the step
├── Stopped                             the platform stopped this station: it serves nobody new
├── ShutterBusy                         a shot is being taken
├── UnknownCode(LookupError)            no student of the plan has this code
├── OtherPlan                           the code belongs to another plan; names it
├── UnreadableCode(ValueError)          a picture or scan without a readable code
├── NoPlan                              no valid roster on the station
│   └── PlanUnusable                    the station cannot honour the plan; names the keys
├── NoSuchPlan(LookupError)             no plan with this id on the station
├── WrongAnswer(ValueError)             with the tries that are left
├── TriesExhausted                      with the seconds to wait
├── ConsentMissing(ValueError)          record or consent not confirmed, or of another version
├── UnreadableCard(ValueError)          no ID card could be read in the picture
├── CannotVerify(LookupError)           the roster holds no answer of the kind that the plan asks for
├── FaceUndecided                       the likeness to the ID card lies where the operator decides
├── FaceDiffers                         not the person on the ID card
├── InvalidDetails(ValueError)          answers of the student, each with its message
├── PaymentRefused                      this way of settling the fee is not open now
├── PaymentOffline(ConnectionError)     the platform did not answer about an order
├── VoucherInvalid(ValueError)          not a voucher's number, or one that was used
├── AlbumNotAllowed                     the plan takes no photos from the album
├── PictureUnsupported(ValueError)      not a kind of picture file that is taken
├── PictureUnreadable(ValueError)       damaged, too large, or of a kind that cannot be judged
├── ShotMissing(LookupError)            not the shot that was judged last
├── NotAcceptable                       refused, and no reason for an exception given
├── ExceptionUnknown(ValueError)        a reason that is not on the list
├── StorageFailed(OSError)              the capture could not be made durable; nothing was accepted
├── Locked                              the platform decided on a capture; it cannot be taken back
└── NotDelivered                        only this station has the capture; erasing it must be said in so many words
"""
