; consecution: every step keeps the invariant. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |dialproof.kept 0| () |gate{shut:open:lost:jammed}|)
(declare-fun |dialproof.kept 1| () Bool)
(declare-fun |dialproof.owed 0| () Bool)
(declare-fun |dialproof.owed 1| () Bool)
(declare-fun |dialproof.saved| () Bool)
(declare-fun |dialproof.saved dialproof.kept 0| () |gate{shut:open:lost:jammed}|)
(declare-fun |dialproof.saved dialproof.kept 1| () Bool)
(declare-fun |dialproof.saved dialproof.owed 0| () Bool)
(declare-fun |dialproof.saved dialproof.owed 1| () Bool)
(declare-fun |dialproof.seen 'fair 1'| () Bool)
(declare-fun |dialproof.seen 'dialproof.owed 0'| () Bool)
(declare-fun |dialproof.action 0| () Bool)
(declare-fun |dialproof.action 1| () Bool)
(declare-fun |dialproof.action 2| () Bool)
(declare-fun |dialproof.owed next 0| () Bool)
(declare-fun |dialproof.owed next 1| () Bool)
(declare-fun |dialproof.save| () Bool)
(assert (let ((a!1 (or (not |dialproof.seen 'fair 1'|)
               (not (= (= |gate:shut| |dialproof.saved dialproof.kept 0|)
                       (= |dialproof.saved dialproof.kept 0| |dialproof.kept 0|))))))
  (and (or |dialproof.owed 1| |dialproof.owed 0|)
       (or (not |dialproof.seen 'fair 1'|) dialproof.saved)
       (or |dialproof.kept 1| |dialproof.owed 0|)
       (or (= |dialproof.kept 0| |gate:shut|)
           (= |dialproof.kept 0| |gate:open|))
       (or (not dialproof.saved) |dialproof.owed 1|)
       (or (not |dialproof.seen 'dialproof.owed 0'|) |dialproof.kept 1|)
       (or (not dialproof.saved)
           (= |gate:shut| |dialproof.saved dialproof.kept 0|))
       (or (not dialproof.saved) |dialproof.seen 'dialproof.owed 0'|)
       a!1)))
(assert (let ((a!1 (and |dialproof.kept 1|
                (and (not (= |dialproof.kept 0| |gate:open|))
                     (or false |dialproof.owed next 1|))))
      (a!2 (=> |dialproof.owed 1|
               (and (not (= |dialproof.kept 0| |gate:open|))
                    (or false |dialproof.owed next 1|)))))
  (and (or (and (not |dialproof.action 0|)
                (not |dialproof.action 1|)
                (not |dialproof.action 2|)
                (distinct |dialproof.kept 0| |gate:lost|)
                (not |dialproof.kept 1|))
           (and |dialproof.action 0|
                (not |dialproof.action 1|)
                (not |dialproof.action 2|)
                |dialproof.kept 1|
                (= |dialproof.kept 0| |gate:shut|))
           (and (not |dialproof.action 0|)
                |dialproof.action 1|
                (not |dialproof.action 2|)
                (= |dialproof.kept 0| |gate:open|))
           (and |dialproof.action 0|
                |dialproof.action 1|
                (not |dialproof.action 2|)
                (= |dialproof.kept 0| |gate:lost|))
           (and (not |dialproof.action 0|)
                (not |dialproof.action 1|)
                |dialproof.action 2|))
       (=> |dialproof.owed 0| (or a!1 |dialproof.owed next 0|))
       a!2
       (=> dialproof.save (not |dialproof.owed 0|)))))
(assert (let ((a!1 (or |dialproof.seen 'fair 1'|
               (not (and |dialproof.kept 1| (= |dialproof.kept 0| |gate:shut|)))
               (and |dialproof.action 0|
                    (not |dialproof.action 1|)
                    (not |dialproof.action 2|))))
      (a!3 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                false
                (ite (and (not |dialproof.action 0|)
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     true
                     |dialproof.kept 1|)))
      (a!4 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                |gate:shut|
                (ite (and |dialproof.action 0|
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     |gate:open|
                     |dialproof.kept 0|)))
      (a!7 (or |dialproof.seen 'dialproof.owed 0'|
               (not |dialproof.owed next 0|)
               (and |dialproof.kept 1|
                    (not (= |dialproof.kept 0| |gate:open|))
                    (or false |dialproof.owed next 1|))))
      (a!9 (= |gate:shut|
              (ite (and dialproof.save (not dialproof.saved))
                   |dialproof.kept 0|
                   |dialproof.saved dialproof.kept 0|))))
(let ((a!2 (or (not (and (or dialproof.saved dialproof.save) a!1))
               (or dialproof.saved dialproof.save)))
      (a!5 (= (ite (and |dialproof.action 0|
                        |dialproof.action 1|
                        (not |dialproof.action 2|))
                   |gate:jammed|
                   a!4)
              |gate:shut|))
      (a!6 (= (ite (and |dialproof.action 0|
                        |dialproof.action 1|
                        (not |dialproof.action 2|))
                   |gate:jammed|
                   a!4)
              |gate:open|))
      (a!8 (or (not (and (or dialproof.saved dialproof.save) a!7)) a!3))
      (a!10 (= (ite (and dialproof.save (not dialproof.saved))
                    |dialproof.kept 0|
                    |dialproof.saved dialproof.kept 0|)
               (ite (and |dialproof.action 0|
                         |dialproof.action 1|
                         (not |dialproof.action 2|))
                    |gate:jammed|
                    a!4))))
(let ((a!11 (or (not (and (or dialproof.saved dialproof.save) a!1))
                (not (= a!9 a!10)))))
(let ((a!12 (and (or |dialproof.owed next 1| |dialproof.owed next 0|)
                 a!2
                 (or a!3 |dialproof.owed next 0|)
                 (or a!5 a!6)
                 (or (not (or dialproof.saved dialproof.save))
                     |dialproof.owed next 1|)
                 a!8
                 (or (not (or dialproof.saved dialproof.save)) a!9)
                 (or (not (or dialproof.saved dialproof.save))
                     (and (or dialproof.saved dialproof.save) a!7))
                 a!11)))
  (not a!12))))))
(check-sat)
