; consecution: every step keeps the invariant. Must be unsat.
(set-logic ALL)
(declare-datatypes ((|gate{shut:open:lost:jammed}| 0)) (((|gate:shut|) (|gate:open|) (|gate:lost|) (|gate:jammed|))))
(declare-fun |gate| () |gate{shut:open:lost:jammed}|)
(declare-fun |ringing| () Bool)
(declare-fun |lamp| () Bool)
(declare-fun |dialproof.owed 0| () Bool)
(declare-fun |dialproof.owed 1| () Bool)
(declare-fun |dialproof.saved| () Bool)
(declare-fun |dialproof.saved gate| () |gate{shut:open:lost:jammed}|)
(declare-fun |dialproof.saved ringing| () Bool)
(declare-fun |dialproof.saved dialproof.owed 0| () Bool)
(declare-fun |dialproof.saved dialproof.owed 1| () Bool)
(declare-fun |dialproof.seen 'dialproof.assumed callers come'| () Bool)
(declare-fun |dialproof.seen 'dialproof.owed 0'| () Bool)
(declare-fun |dialproof.action 0| () Bool)
(declare-fun |dialproof.action 1| () Bool)
(declare-fun |dialproof.action 2| () Bool)
(declare-fun |dialproof.owed next 0| () Bool)
(declare-fun |dialproof.owed next 1| () Bool)
(declare-fun |dialproof.save| () Bool)
(assert (and (or (not (= |dialproof.saved ringing| ringing))
         (not |dialproof.seen 'dialproof.assumed callers come'|))
     (or dialproof.saved
         (not |dialproof.seen 'dialproof.assumed callers come'|))
     (or |dialproof.owed 1| |dialproof.owed 0|)
     (or |dialproof.owed 1| (not dialproof.saved))
     (or ringing (not dialproof.saved) (not |dialproof.saved ringing|))))
(assert (let ((a!1 (or (and (not (= gate |gate:open|))
                    (or false |dialproof.owed next 1|))
               |dialproof.owed next 0|))
      (a!2 (=> |dialproof.owed 1|
               (and (not (= gate |gate:open|))
                    (or false |dialproof.owed next 1|)))))
  (and (or (and (not |dialproof.action 0|)
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
                (distinct gate |gate:lost|)))
       (=> |dialproof.owed 0| a!1)
       a!2
       (=> dialproof.save (not |dialproof.owed 0|)))))
(assert (let ((a!1 (ite (and (not |dialproof.action 0|)
                     |dialproof.action 1|
                     (not |dialproof.action 2|))
                false
                (ite (and (not |dialproof.action 0|)
                          (not |dialproof.action 1|)
                          (not |dialproof.action 2|))
                     true
                     ringing)))
      (a!3 (and (or dialproof.saved dialproof.save)
                (or |dialproof.seen 'dialproof.assumed callers come'|
                    (and (not |dialproof.action 0|)
                         (not |dialproof.action 1|)
                         (not |dialproof.action 2|)))))
      (a!4 (not (ite (and dialproof.save (not dialproof.saved))
                     ringing
                     |dialproof.saved ringing|))))
(let ((a!2 (= (ite (and dialproof.save (not dialproof.saved))
                   ringing
                   |dialproof.saved ringing|)
              a!1)))
(let ((a!5 (and (or (not a!2) (not a!3))
                (or (or dialproof.saved dialproof.save) (not a!3))
                (or |dialproof.owed next 1| |dialproof.owed next 0|)
                (or |dialproof.owed next 1|
                    (not (or dialproof.saved dialproof.save)))
                (or a!1 (not (or dialproof.saved dialproof.save)) a!4))))
  (not a!5)))))
(check-sat)
