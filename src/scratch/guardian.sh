# Stops a server and removes its folder when its owner is gone, however the owner ended: then its end of the pipe closes
# without a word. An owner that stopped the server itself says so. $1 is the server's pid, $2 the folder.
read -r _ && exit
kill -INT "$1"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  kill -0 "$1" 2>/dev/null || break
  sleep 0.5
done
rm -rf "$2"
