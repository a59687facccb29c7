; base 0: no initial state leads to a bad one in 0 steps. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate@0| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing@0| () Bool)
(declare-fun |lamp@0| () Bool)
(declare-fun |dialproof.action 0@0| () Bool)
(declare-fun |dialproof.action 1@0| () Bool)
(declare-fun |dialproof.action 2@0| () Bool)
(assert (and (= gate@0 |gate:shut|) (not ringing@0)))
(assert (and (or (and (not |dialproof.action 0@0|)
              (not |dialproof.action 1@0|)
              (not |dialproof.action 2@0|)
              (distinct gate@0 |gate:lost|)
              (not ringing@0))
         (and |dialproof.action 0@0|
              (not |dialproof.action 1@0|)
              (not |dialproof.action 2@0|)
              ringing@0
              (= gate@0 |gate:shut|))
         (and (not |dialproof.action 0@0|)
              |dialproof.action 1@0|
              (not |dialproof.action 2@0|)
              (= gate@0 |gate:open|))
         (and |dialproof.action 0@0|
              |dialproof.action 1@0|
              (not |dialproof.action 2@0|)
              (= gate@0 |gate:lost|))
         (and (not |dialproof.action 0@0|)
              (not |dialproof.action 1@0|)
              |dialproof.action 2@0|
              (distinct gate@0 |gate:lost|)
              (not lamp@0))
         (and |dialproof.action 0@0|
              (not |dialproof.action 1@0|)
              |dialproof.action 2@0|
              (distinct gate@0 |gate:lost|)))
     (not (distinct gate@0 |gate:jammed|))))
(check-sat)
