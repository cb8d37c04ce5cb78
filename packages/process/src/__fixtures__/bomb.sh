# Two hundred orphans in sessions of their own, each with a child: says so when the first twenty are there, and goes on.
count=0
while [ $count -lt 200 ]; do
  (setsid sh -c 'trap "" TERM; sleep 60 & sleep 60' &)
  count=$((count + 1))
  [ $count -eq 20 ] && echo exploding
done
wait
