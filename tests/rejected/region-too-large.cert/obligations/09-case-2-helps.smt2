; case 2: helps: a step from case 2 that meets the fairness of open leads to the goal or to a smaller rank. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing| () Bool)
(declare-fun |lamp| () Bool)
(declare-fun |dialproof.action 0| () Bool)
(declare-fun |dialproof.action 1| () Bool)
(declare-fun |dialproof.action 2| () Bool)
(assert (or (= gate |gate:shut|) (= gate |gate:open|)))
(assert true)
(assert (let ((a!1 (or (and (and (not |dialproof.action 0|)
                         (not |dialproof.action 1|)
                         (not |dialproof.action 2|))
                    (distinct gate |gate:lost|)
                    (not ringing))
               (and |dialproof.action 0|
                    (not |dialproof.action 1|)
                    (not |dialproof.action 2|)
                    ringing
                    (= gate |gate:shut|))
               (and (and (not |dialproof.action 0|)
                         |dialproof.action 1|
                         (not |dialproof.action 2|))
                    (= gate |gate:open|))
               (and |dialproof.action 0|
                    |dialproof.action 1|
                    (not |dialproof.action 2|)
                    (= gate |gate:lost|))
               (and (not |dialproof.action 0|)
                    (not |dialproof.action 1|)
                    |dialproof.action 2|
                    (distinct gate |gate:lost|)
                    (not lamp))
               (and |dialproof.action 0|
                    (not |dialproof.action 1|)
                    |dialproof.action 2|
                    (distinct gate |gate:lost|))))
      (a!2 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                false
                (ite (and (not |dialproof.action 0|)
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     true
                     ringing))))
  (and a!1 (not (not ringing)) (not (not a!2)))))
(assert (or (not (and ringing (= gate |gate:shut|)))
    (and |dialproof.action 0|
         (not |dialproof.action 1|)
         (not |dialproof.action 2|))))
(assert (not true))
(check-sat)
