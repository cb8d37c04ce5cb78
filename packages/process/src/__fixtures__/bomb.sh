# Two hundred processes in sessions of their own, whose parents have ended. Says so when some are there, and goes on.
count=0
while [ $count -lt 70 ]; do
  (setsid sh -c 'trap "" TERM; sleep 60 & sleep 60' &)
  count=$((count + 1))
  [ $count -eq 10 ] && echo exploding
done
wait
