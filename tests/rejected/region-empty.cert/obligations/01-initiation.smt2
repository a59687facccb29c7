; initiation: every initial state satisfies the invariant. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing| () Bool)
(declare-fun |lamp| () Bool)
(assert (and (= gate |gate:shut|) (not ringing)))
(assert (not (or (= gate |gate:shut|) (= gate |gate:open|))))
(check-sat)
