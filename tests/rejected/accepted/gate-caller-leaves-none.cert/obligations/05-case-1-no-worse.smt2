; case 1: no worse: a step from case 1 leads to the goal, to a smaller rank, or stays in the case with no larger rank. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing| () Bool)
(declare-fun |lamp| () Bool)
(declare-fun |dialproof.action 0| () Bool)
(declare-fun |dialproof.action 1| () Bool)
(declare-fun |dialproof.action 2| () Bool)
(assert (or (= gate |gate:shut|) (= gate |gate:open|)))
(assert (= gate |gate:open|))
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
(assert (let ((a!1 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                |gate:shut|
                (ite (and |dialproof.action 0|
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     |gate:open|
                     gate)))
      (a!3 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                false
                (ite (and (not |dialproof.action 0|)
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     true
                     ringing))))
(let ((a!2 (= (ite (and |dialproof.action 0|
                        |dialproof.action 1|
                        (not |dialproof.action 2|))
                   |gate:jammed|
                   a!1)
              |gate:open|)))
  (not (or (and a!2 false) (and (not a!2) a!3 false))))))
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
              |gate:open|)))
  (not a!2))))
(check-sat)
