; consecution: every step keeps the invariant. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing| () Bool)
(declare-fun |lamp| () Bool)
(declare-fun |dialproof.action 0| () Bool)
(declare-fun |dialproof.action 1| () Bool)
(declare-fun |dialproof.action 2| () Bool)
(assert true)
(assert (or (= gate |gate:shut|) (= gate |gate:open|)))
(assert (or (and (not |dialproof.action 0|)
         (not |dialproof.action 1|)
         (not |dialproof.action 2|)
         (distinct gate |gate:lost|)
         (not ringing))
    (and |dialproof.action 0|
         (not |dialproof.action 1|)
         (not |dialproof.action 2|)
         ringing
         (= gate |gate:shut|))
    (and (not |dialproof.action 0|)
         |dialproof.action 1|
         (not |dialproof.action 2|)
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
(assert (let ((a!1 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                |gate:shut|
                (ite (and |dialproof.action 0|
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     |gate:open|
                     gate))))
(let ((a!2 (= (ite (and |dialproof.action 0|
                        |dialproof.action 1|
                        (not |dialproof.action 2|))
                   |gate:jammed|
                   a!1)
              |gate:shut|))
      (a!3 (= (ite (and |dialproof.action 0|
                        |dialproof.action 1|
                        (not |dialproof.action 2|))
                   |gate:jammed|
                   a!1)
              |gate:open|)))
  (not (or a!2 a!3)))))
(check-sat)
