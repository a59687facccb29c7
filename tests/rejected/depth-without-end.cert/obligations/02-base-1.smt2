; base 1: no initial state leads to a bad one in 1 steps. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate@0| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing@0| () Bool)
(declare-fun |lamp@0| () Bool)
(declare-fun |dialproof.action 0@0| () Bool)
(declare-fun |dialproof.action 1@0| () Bool)
(declare-fun |dialproof.action 2@0| () Bool)
(declare-fun |gate@1| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing@1| () Bool)
(declare-fun |lamp@1| () Bool)
(declare-fun |dialproof.action 0@1| () Bool)
(declare-fun |dialproof.action 1@1| () Bool)
(declare-fun |dialproof.action 2@1| () Bool)
(assert (and (= gate@0 |gate:shut|) (not ringing@0)))
(assert (and (or (and (not |dialproof.action 0@1|)
              (not |dialproof.action 1@1|)
              (not |dialproof.action 2@1|)
              (distinct gate@1 |gate:lost|)
              (not ringing@1))
         (and |dialproof.action 0@1|
              (not |dialproof.action 1@1|)
              (not |dialproof.action 2@1|)
              ringing@1
              (= gate@1 |gate:shut|))
         (and (not |dialproof.action 0@1|)
              |dialproof.action 1@1|
              (not |dialproof.action 2@1|)
              (= gate@1 |gate:open|))
         (and |dialproof.action 0@1|
              |dialproof.action 1@1|
              (not |dialproof.action 2@1|)
              (= gate@1 |gate:lost|))
         (and (not |dialproof.action 0@1|)
              (not |dialproof.action 1@1|)
              |dialproof.action 2@1|
              (distinct gate@1 |gate:lost|)
              (not lamp@1))
         (and |dialproof.action 0@1|
              (not |dialproof.action 1@1|)
              |dialproof.action 2@1|
              (distinct gate@1 |gate:lost|)))
     (not (distinct gate@1 |gate:jammed|))))
(assert (let ((a!1 (or (and (and (not |dialproof.action 0@0|)
                         (not |dialproof.action 1@0|)
                         (not |dialproof.action 2@0|))
                    (distinct gate@0 |gate:lost|)
                    (not ringing@0))
               (and (and |dialproof.action 0@0|
                         (not |dialproof.action 1@0|)
                         (not |dialproof.action 2@0|))
                    ringing@0
                    (= gate@0 |gate:shut|))
               (and (and (not |dialproof.action 0@0|)
                         |dialproof.action 1@0|
                         (not |dialproof.action 2@0|))
                    (= gate@0 |gate:open|))
               (and (and |dialproof.action 0@0|
                         |dialproof.action 1@0|
                         (not |dialproof.action 2@0|))
                    (= gate@0 |gate:lost|))
               (and (and (not |dialproof.action 0@0|)
                         (not |dialproof.action 1@0|)
                         |dialproof.action 2@0|)
                    (distinct gate@0 |gate:lost|)
                    (not lamp@0))
               (and |dialproof.action 0@0|
                    (not |dialproof.action 1@0|)
                    |dialproof.action 2@0|
                    (distinct gate@0 |gate:lost|))))
      (a!2 (ite (and (not |dialproof.action 0@0|)
                     |dialproof.action 1@0|
                     (not |dialproof.action 2@0|))
                |gate:shut|
                (ite (and |dialproof.action 0@0|
                          (not |dialproof.action 1@0|)
                          (not |dialproof.action 2@0|))
                     |gate:open|
                     gate@0)))
      (a!4 (ite (and (not |dialproof.action 0@0|)
                     |dialproof.action 1@0|
                     (not |dialproof.action 2@0|))
                false
                (ite (and (not |dialproof.action 0@0|)
                          (not |dialproof.action 1@0|)
                          (not |dialproof.action 2@0|))
                     true
                     ringing@0)))
      (a!5 (= lamp@1
              (ite (and (not |dialproof.action 0@0|)
                        (not |dialproof.action 1@0|)
                        |dialproof.action 2@0|)
                   true
                   lamp@0))))
(let ((a!3 (= gate@1
              (ite (and |dialproof.action 0@0|
                        |dialproof.action 1@0|
                        (not |dialproof.action 2@0|))
                   |gate:jammed|
                   a!2))))
  (and a!1 a!3 (= ringing@1 a!4) a!5))))
(check-sat)
