# Runs in the machine of devices_machine.py: makes the devices, then the contract suite on them. Arguments of pytest are in the file `asked`.
set -eu
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
bank=/sys/kernel/config/gpio-sim/pi/bank0
mkdir -p $bank
echo 54 >$bank/num_lines
echo pinctrl-bcm2711 >$bank/label
echo 1 >$bank/../live
# picamera2 looks for the Pi's memory by name.
mkdir -p /dev/dma_heap
[ ! -e /dev/dma_heap/system ] || ln -sf system '/dev/dma_heap/linux,cma'
mkdir -p /root/work/sensor
tar -C /root/work -xf /srv/share/source.tar
cp /srv/share/sensor/* /root/work/sensor/
cp /srv/share/virtual.yaml /usr/share/libcamera/pipeline/virtual/virtual.yaml
cd /root/work
cp tests/contract/firmware/test_*.py tests/device/real/
# A fresh page costs much in user mode: memory that pictures once had is kept for the next.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483648 MALLOC_TOP_PAD_=134217728
export PYTHONPATH=/root/work:/root/work/tests/plugins:/root/work/tests/device/real LIBCAMERA_LOG_LEVELS='*:ERROR'
/opt/devices/bin/python -m pytest -p no:cacheprovider --import-mode=importlib --timeout=120 -p no:warnings -ra --tb=short -v -c /dev/null \
    --rootdir=/root/work $(cat /srv/share/asked)
